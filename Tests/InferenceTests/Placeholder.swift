// Replaced by the tests of the module.
