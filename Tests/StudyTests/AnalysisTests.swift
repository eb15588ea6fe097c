import Study
import Testing
