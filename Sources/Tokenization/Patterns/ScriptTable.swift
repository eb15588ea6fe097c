/// The script of every scalar; written by `Tests/Oracles/tokenizers/scripts.py` from Unicode's Scripts.txt (fontTools
/// 4.68.0).
enum ScriptTable {
  /// Where each stretch of one script begins, in order, with the place of the script's name in `names`; -1 is no script.
  private static let stretches: [(start: UInt32, script: Int)] = starts.split(separator: " ").map { entry in
    // A code ends in a small letter, a hexadecimal number never.
    let hasCode = entry.last?.isLowercase == true
    let start = UInt32(hasCode ? entry.dropLast(4) : entry, radix: 16) ?? 0
    return (start, hasCode ? codes.firstIndex(of: String(entry.suffix(4))) ?? -1 : -1)
  }

  private static let codes = names.split(separator: " ").map { String($0.prefix(4)) }

  /// The number of the script of a scalar, or -1.
  static func script(of scalar: UInt32) -> Int {
    var low = 0
    var high = stretches.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if stretches[middle].start <= scalar { low = middle } else { high = middle }
    }
    return stretches[low].script
  }

  /// The number of a script by its code, as `Hani`.
  static func number(of code: String) -> Int? { codes.firstIndex(of: code) }

  /// The scalars of a script by its long name in lower case without underscores, as `han`; nil for no such script.
  static func ranges(of name: String) -> [ClosedRange<UInt32>]? {
    guard let script = names.split(separator: " ").firstIndex(where: { $0.dropFirst(5) == name }) else { return nil }
    return stretches.indices.filter { stretches[$0].script == script }.map { at in
      stretches[at].start...(at + 1 < stretches.count ? stretches[at + 1].start - 1 : 0x10FFFF)
    }
  }

  private static let names = """
    Adlm=adlam Aghb=caucasianalbanian Ahom=ahom Arab=arabic Armi=imperialaramaic Armn=armenian Avst=avestan \
    Bali=balinese Bamu=bamum Bass=bassavah Batk=batak Beng=bengali Berf=beriaerfe Bhks=bhaiksuki Bopo=bopomofo \
    Brah=brahmi Brai=braille Bugi=buginese Buhd=buhid Cakm=chakma Cans=canadianaboriginal Cari=carian Cham=cham \
    Cher=cherokee Chrs=chorasmian Copt=coptic Cpmn=cyprominoan Cprt=cypriot Cyrl=cyrillic Deva=devanagari \
    Diak=divesakuru Dogr=dogra Dsrt=deseret Dupl=duployan Egyp=egyptianhieroglyphs Elba=elbasan Elym=elymaic \
    Ethi=ethiopic Gara=garay Geor=georgian Glag=glagolitic Gong=gunjalagondi Gonm=masaramgondi Goth=gothic \
    Gran=grantha Grek=greek Gujr=gujarati Gukh=gurungkhema Guru=gurmukhi Hang=hangul Hani=han Hano=hanunoo \
    Hatr=hatran Hebr=hebrew Hira=hiragana Hluw=anatolianhieroglyphs Hmng=pahawhhmong Hmnp=nyiakengpuachuehmong \
    Hung=oldhungarian Ital=olditalic Java=javanese Jurc=jurchen Kali=kayahli Kana=katakana Kawi=kawi \
    Khar=kharoshthi Khmr=khmer Khoj=khojki Kits=khitansmallscript Knda=kannada Krai=kiratrai Kthi=kaithi \
    Lana=taitham Laoo=lao Latn=latin Lepc=lepcha Limb=limbu Lina=lineara Linb=linearb Lisu=lisu Lyci=lycian \
    Lydi=lydian Mahj=mahajani Maka=makasar Mand=mandaic Mani=manichaean Marc=marchen Medf=medefaidrin \
    Mend=mendekikakui Merc=meroiticcursive Mero=meroitichieroglyphs Mlym=malayalam Modi=modi Mong=mongolian \
    Mroo=mro Mtei=meeteimayek Mult=multani Mymr=myanmar Nagm=nagmundari Nand=nandinagari Narb=oldnortharabian \
    Nbat=nabataean Newa=newa Nkoo=nko Nshu=nushu Ogam=ogham Olck=olchiki Onao=olonal Orkh=oldturkic Orya=oriya \
    Osge=osage Osma=osmanya Ougr=olduyghur Palm=palmyrene Pauc=paucinhau Pcun=protocuneiform Perm=oldpermic \
    Phag=phagspa Phli=inscriptionalpahlavi Phlp=psalterpahlavi Phnx=phoenician Plrd=miao \
    Prti=inscriptionalparthian Rjng=rejang Rohg=hanifirohingya Runr=runic Samr=samaritan Sarb=oldsoutharabian \
    Saur=saurashtra Seal=seal Sgnw=signwriting Shaw=shavian Shrd=sharada Sidd=siddham Sidt=sidetic \
    Sind=khudawadi Sinh=sinhala Sogd=sogdian Sogo=oldsogdian Sora=sorasompeng Soyo=soyombo Sund=sundanese \
    Sunu=sunuwar Sylo=sylotinagri Syrc=syriac Tagb=tagbanwa Takr=takri Tale=taile Talu=newtailue Taml=tamil \
    Tang=tangut Tavt=taiviet Tayo=taiyo Telu=telugu Tfng=tifinagh Tglg=tagalog Thaa=thaana Thai=thai \
    Tibt=tibetan Tirh=tirhuta Tnsa=tangsa Todr=todhri Tols=tolongsiki Toto=toto Tutg=tulutigalari Ugar=ugaritic \
    Vaii=vai Vith=vithkuqi Wara=warangciti Wcho=wancho Xpeo=oldpersian Xsux=cuneiform Yezi=yezidi Yiii=yi \
    Zanb=zanabazarsquare Zinh=inherited Zyyy=common \

    """

  private static let starts = """
    0Zyyy 41Latn 5BZyyy 61Latn 7BZyyy AALatn ABZyyy BALatn BBZyyy C0Latn D7Zyyy D8Latn F7Zyyy F8Latn 2B9Zyyy \
    2E0Latn 2E5Zyyy 2EABopo 2ECZyyy 300Zinh 370Grek 374Zyyy 375Grek 378 37AGrek 37EZyyy 37FGrek 380 384Grek \
    385Zyyy 386Grek 387Zyyy 388Grek 38B 38CGrek 38D 38EGrek 3A2 3A3Grek 3E2Copt 3F0Grek 400Cyrl 485Zinh 487Cyrl \
    530 531Armn 557 558Armn 590 591Hebr 5CA 5D0Hebr 5EB 5EFHebr 5F5 600Arab 605Zyyy 606Arab 60CZyyy 60DArab \
    61BZyyy 61CArab 61FZyyy 620Arab 640Zyyy 641Arab 64BZinh 656Arab 670Zinh 671Arab 6DDZyyy 6DEArab 700Syrc 70E \
    70FSyrc 74B 74DSyrc 750Arab 780Thaa 7B2 7C0Nkoo 7FB 7FDNkoo 800Samr 82E 830Samr 83F 840Mand 85C 85EMand 85F \
    860Syrc 86B 870Arab 892 897Arab 8E2Zyyy 8E3Arab 900Deva 951Zinh 955Deva 964Zyyy 966Deva 980Beng 984 985Beng \
    98D 98FBeng 991 993Beng 9A9 9AABeng 9B1 9B2Beng 9B3 9B6Beng 9BA 9BCBeng 9C5 9C7Beng 9C9 9CBBeng 9CF 9D7Beng \
    9D8 9DCBeng 9DE 9DFBeng 9E4 9E6Beng 9FF A01Guru A04 A05Guru A0B A0FGuru A11 A13Guru A29 A2AGuru A31 A32Guru \
    A34 A35Guru A37 A38Guru A3A A3CGuru A3D A3EGuru A43 A47Guru A49 A4BGuru A4E A51Guru A52 A59Guru A5D A5EGuru \
    A5F A66Guru A77 A81Gujr A84 A85Gujr A8E A8FGujr A92 A93Gujr AA9 AAAGujr AB1 AB2Gujr AB4 AB5Gujr ABA ABCGujr \
    AC6 AC7Gujr ACA ACBGujr ACE AD0Gujr AD1 AE0Gujr AE4 AE6Gujr AF2 AF9Gujr B00 B01Orya B04 B05Orya B0D B0FOrya \
    B11 B13Orya B29 B2AOrya B31 B32Orya B34 B35Orya B3A B3COrya B45 B47Orya B49 B4BOrya B4E B53Orya B58 B5COrya \
    B5E B5FOrya B64 B66Orya B78 B82Taml B84 B85Taml B8B B8ETaml B91 B92Taml B96 B99Taml B9B B9CTaml B9D B9ETaml \
    BA0 BA3Taml BA5 BA8Taml BAB BAETaml BBA BBETaml BC3 BC6Taml BC9 BCATaml BCE BD0Taml BD1 BD7Taml BD8 BE6Taml \
    BFB C00Telu C0D C0ETelu C11 C12Telu C29 C2ATelu C3A C3CTelu C45 C46Telu C49 C4ATelu C4E C55Telu C57 C58Telu \
    C5B C5CTelu C5E C60Telu C64 C66Telu C70 C77Telu C80Knda C8D C8EKnda C91 C92Knda CA9 CAAKnda CB4 CB5Knda CBA \
    CBCKnda CC5 CC6Knda CC9 CCAKnda CCE CD5Knda CD7 CDCKnda CDF CE0Knda CE4 CE6Knda CF0 CF1Knda CF4 D00Mlym D0D \
    D0EMlym D11 D12Mlym D45 D46Mlym D49 D4AMlym D50 D54Mlym D64 D66Mlym D80 D81Sinh D84 D85Sinh D97 D9ASinh DB2 \
    DB3Sinh DBC DBDSinh DBE DC0Sinh DC7 DCASinh DCB DCFSinh DD5 DD6Sinh DD7 DD8Sinh DE0 DE6Sinh DF0 DF2Sinh DF5 \
    E01Thai E3B E3FZyyy E40Thai E5C E81Laoo E83 E84Laoo E85 E86Laoo E8B E8CLaoo EA4 EA5Laoo EA6 EA7Laoo EBE \
    EC0Laoo EC5 EC6Laoo EC7 EC8Laoo ECF ED0Laoo EDA EDCLaoo EE0 F00Tibt F48 F49Tibt F6D F71Tibt F98 F99Tibt FBD \
    FBETibt FCD FCETibt FD5Zyyy FD9Tibt FDB 1000Mymr 10A0Geor 10C6 10C7Geor 10C8 10CDGeor 10CE 10D0Geor 10FBZyyy \
    10FCGeor 1100Hang 1200Ethi 1249 124AEthi 124E 1250Ethi 1257 1258Ethi 1259 125AEthi 125E 1260Ethi 1289 \
    128AEthi 128E 1290Ethi 12B1 12B2Ethi 12B6 12B8Ethi 12BF 12C0Ethi 12C1 12C2Ethi 12C6 12C8Ethi 12D7 12D8Ethi \
    1311 1312Ethi 1316 1318Ethi 135B 135DEthi 137D 1380Ethi 139A 13A0Cher 13F6 13F8Cher 13FE 1400Cans 1680Ogam \
    169D 16A0Runr 16EBZyyy 16EERunr 16F9 1700Tglg 1716 171FTglg 1720Hano 1735Zyyy 1737 1740Buhd 1754 1760Tagb \
    176D 176ETagb 1771 1772Tagb 1774 1780Khmr 17DE 17E0Khmr 17EA 17F0Khmr 17FA 1800Mong 1802Zyyy 1804Mong \
    1805Zyyy 1806Mong 181A 1820Mong 1879 1880Mong 18AB 18B0Cans 18F6 1900Limb 191F 1920Limb 192C 1930Limb 193C \
    1940Limb 1941 1944Limb 1950Tale 196E 1970Tale 1975 1980Talu 19AC 19B0Talu 19CA 19D0Talu 19DB 19DETalu \
    19E0Khmr 1A00Bugi 1A1C 1A1EBugi 1A20Lana 1A5F 1A60Lana 1A7D 1A7FLana 1A8A 1A90Lana 1A9A 1AA0Lana 1AAE \
    1AB0Zinh 1AF1 1B00Bali 1B4D 1B4EBali 1B80Sund 1BC0Batk 1BF4 1BFCBatk 1C00Lepc 1C38 1C3BLepc 1C4A 1C4DLepc \
    1C50Olck 1C80Cyrl 1C8B 1C90Geor 1CBB 1CBDGeor 1CC0Sund 1CC8 1CD0Zinh 1CD3Zyyy 1CD4Zinh 1CE1Zyyy 1CE2Zinh \
    1CE9Zyyy 1CEDZinh 1CEEZyyy 1CF4Zinh 1CF5Zyyy 1CF8Zinh 1CFAZyyy 1CFB 1D00Latn 1D26Grek 1D2BCyrl 1D2CLatn \
    1D5DGrek 1D62Latn 1D66Grek 1D6BLatn 1D78Cyrl 1D79Latn 1DBFGrek 1DC0Zinh 1E00Latn 1F00Grek 1F16 1F18Grek 1F1E \
    1F20Grek 1F46 1F48Grek 1F4E 1F50Grek 1F58 1F59Grek 1F5A 1F5BGrek 1F5C 1F5DGrek 1F5E 1F5FGrek 1F7E 1F80Grek \
    1FB5 1FB6Grek 1FC5 1FC6Grek 1FD4 1FD6Grek 1FDC 1FDDGrek 1FF0 1FF2Grek 1FF5 1FF6Grek 1FFF 2000Zyyy 200CZinh \
    200EZyyy 2065 2066Zyyy 2071Latn 2072 2074Zyyy 207FLatn 2080Zyyy 2090Latn 20A0Zyyy 20C5 20D0Zinh 20F1 \
    2100Zyyy 2126Grek 2127Zyyy 212ALatn 212CZyyy 2132Latn 2133Zyyy 214ELatn 214FZyyy 2160Latn 2189Zyyy 218C \
    2190Zyyy 242A 2440Zyyy 244B 2460Zyyy 2800Brai 2900Zyyy 2B74 2B76Zyyy 2C00Glag 2C60Latn 2C80Copt 2CF4 \
    2CF9Copt 2D00Geor 2D26 2D27Geor 2D28 2D2DGeor 2D2E 2D30Tfng 2D68 2D6FTfng 2D71 2D7FTfng 2D80Ethi 2D97 \
    2DA0Ethi 2DA7 2DA8Ethi 2DAF 2DB0Ethi 2DB7 2DB8Ethi 2DBF 2DC0Ethi 2DC7 2DC8Ethi 2DCF 2DD0Ethi 2DD7 2DD8Ethi \
    2DDF 2DE0Cyrl 2E00Zyyy 2E5E 2E60Zyyy 2E64 2E80Hani 2E9A 2E9BHani 2EF4 2F00Hani 2FD6 2FF0Zyyy 3005Hani \
    3006Zyyy 3007Hani 3008Zyyy 3021Hani 302AZinh 302EHang 3030Zyyy 3038Hani 303CZyyy 3040 3041Hira 3097 3099Zinh \
    309BZyyy 309DHira 30A0Zyyy 30A1Kana 30FBZyyy 30FDKana 3100 3105Bopo 3130 3131Hang 318F 3190Zyyy 31A0Bopo \
    31C0Zyyy 31E6 31EFZyyy 31F0Kana 3200Hang 321F 3220Zyyy 3260Hang 327FZyyy 32D0Kana 32FFZyyy 3300Kana 3358Zyyy \
    3400Hani 4DC0Zyyy 4E00Hani A000Yiii A48D A490Yiii A4C7 A4D0Lisu A500Vaii A62C A640Cyrl A6A0Bamu A6F8 \
    A700Zyyy A722Latn A788Zyyy A78BLatn A7DE A7E2Latn A7E3 A7F1Latn A800Sylo A82D A830Zyyy A83A A840Phag A878 \
    A880Saur A8C6 A8CESaur A8DA A8E0Deva A900Kali A92EZyyy A92FKali A930Rjng A954 A95FRjng A960Hang A97D \
    A980Java A9CE A9CFZyyy A9D0Java A9DA A9DEJava A9E0Mymr A9FF AA00Cham AA37 AA40Cham AA4E AA50Cham AA5A \
    AA5CCham AA60Mymr AA80Tavt AAC3 AADBTavt AAE0Mtei AAF7 AB01Ethi AB07 AB09Ethi AB0F AB11Ethi AB17 AB20Ethi \
    AB27 AB28Ethi AB2F AB30Latn AB5BZyyy AB5CLatn AB65Grek AB66Latn AB6AZyyy AB6CLatn AB6E AB70Cher ABC0Mtei \
    ABEE ABF0Mtei ABFA AC00Hang D7A4 D7B0Hang D7C7 D7CBHang D7FC F900Hani FA6E FA70Hani FADA FB00Latn FB07 \
    FB13Armn FB18 FB1DHebr FB37 FB38Hebr FB3D FB3EHebr FB3F FB40Hebr FB42 FB43Hebr FB45 FB46Hebr FB50Arab \
    FD3EZyyy FD40Arab FDD0 FDF0Arab FE00Zinh FE10Zyyy FE1A FE20Zinh FE2ECyrl FE30Zyyy FE53 FE54Zyyy FE67 \
    FE68Zyyy FE6C FE70Arab FE75 FE76Arab FEFD FEFFZyyy FF00 FF01Zyyy FF21Latn FF3BZyyy FF41Latn FF5BZyyy \
    FF66Kana FF70Zyyy FF71Kana FF9EZyyy FFA0Hang FFBF FFC2Hang FFC8 FFCAHang FFD0 FFD2Hang FFD8 FFDAHang FFDD \
    FFE0Zyyy FFE7 FFE8Zyyy FFEF FFF9Zyyy FFFE 10000Linb 1000C 1000DLinb 10027 10028Linb 1003B 1003CLinb 1003E \
    1003FLinb 1004E 10050Linb 1005E 10080Linb 100FB 10100Zyyy 10103 10107Zyyy 10134 10137Zyyy 10140Grek 1018F \
    10190Zyyy 1019D 101A0Grek 101A1 101D0Zyyy 101FDZinh 101FE 10280Lyci 1029D 102A0Cari 102D1 102E0Zinh \
    102E1Zyyy 102FC 10300Ital 10324 1032DItal 10330Goth 1034B 10350Perm 1037B 10380Ugar 1039E 1039FUgar \
    103A0Xpeo 103C4 103C8Xpeo 103D6 10400Dsrt 10450Shaw 10480Osma 1049E 104A0Osma 104AA 104B0Osge 104D4 \
    104D8Osge 104FC 10500Elba 10528 10530Aghb 10564 1056FAghb 10570Vith 1057B 1057CVith 1058B 1058CVith 10593 \
    10594Vith 10596 10597Vith 105A2 105A3Vith 105B2 105B3Vith 105BA 105BBVith 105BD 105C0Todr 105F4 10600Lina \
    10737 10740Lina 10756 10760Lina 10768 10780Latn 10786 10787Latn 107B1 107B2Latn 107C0 10800Cprt 10806 \
    10808Cprt 10809 1080ACprt 10836 10837Cprt 10839 1083CCprt 1083D 1083FCprt 10840Armi 10856 10857Armi \
    10860Palm 10880Nbat 1089F 108A7Nbat 108B0 108E0Hatr 108F3 108F4Hatr 108F6 108FBHatr 10900Phnx 1091C \
    1091FPhnx 10920Lydi 1093A 1093FLydi 10940Sidt 1095A 10980Mero 109A0Merc 109B8 109BCMerc 109D0 109D2Merc \
    10A00Khar 10A04 10A05Khar 10A07 10A0CKhar 10A14 10A15Khar 10A18 10A19Khar 10A36 10A38Khar 10A3B 10A3FKhar \
    10A49 10A50Khar 10A59 10A60Sarb 10A80Narb 10AA0 10AC0Mani 10AE7 10AEBMani 10AF7 10B00Avst 10B36 10B39Avst \
    10B40Prti 10B56 10B58Prti 10B60Phli 10B73 10B78Phli 10B80Phlp 10B92 10B99Phlp 10B9D 10BA9Phlp 10BB0 \
    10C00Orkh 10C49 10C80Hung 10CB3 10CC0Hung 10CF3 10CFAHung 10D00Rohg 10D28 10D30Rohg 10D3A 10D40Gara 10D66 \
    10D69Gara 10D86 10D8EGara 10D90 10E60Arab 10E7F 10E80Yezi 10EAA 10EABYezi 10EAE 10EB0Yezi 10EB2 10EC2Arab \
    10EC8 10EC9Arab 10EEF 10EF0Arab 10F00Sogo 10F28 10F30Sogd 10F5A 10F70Ougr 10F8A 10FB0Chrs 10FCC 10FE0Elym \
    10FF7 11000Brah 1104E 11052Brah 11076 1107FBrah 11080Kthi 110C3 110CDKthi 110CE 110D0Sora 110E9 110F0Sora \
    110FA 11100Cakm 11135 11136Cakm 11148 11150Mahj 11177 11180Shrd 111E0 111E1Sinh 111F5 11200Khoj 11212 \
    11213Khoj 11242 11280Mult 11287 11288Mult 11289 1128AMult 1128E 1128FMult 1129E 1129FMult 112AA 112B0Sind \
    112EB 112F0Sind 112FA 11300Gran 11304 11305Gran 1130D 1130FGran 11311 11313Gran 11329 1132AGran 11331 \
    11332Gran 11334 11335Gran 1133A 1133BZinh 1133CGran 11345 11347Gran 11349 1134BGran 1134E 11350Gran 11351 \
    11357Gran 11358 1135DGran 11364 11366Gran 1136D 11370Gran 11375 11380Tutg 1138A 1138BTutg 1138C 1138ETutg \
    1138F 11390Tutg 113B6 113B7Tutg 113C1 113C2Tutg 113C3 113C5Tutg 113C6 113C7Tutg 113CB 113CCTutg 113D6 \
    113D7Tutg 113D9 113E1Tutg 113E3 11400Newa 1145C 1145DNewa 11462 11480Tirh 114C8 114D0Tirh 114DA 11580Sidd \
    115B6 115B8Sidd 115DE 11600Modi 11645 11650Modi 1165A 11660Mong 1166D 11680Takr 116BA 116C0Takr 116CA \
    116D0Mymr 116E4 11700Ahom 1171B 1171DAhom 1172C 11730Ahom 11747 11800Dogr 1183C 118A0Wara 118F3 118FFWara \
    11900Diak 11907 11909Diak 1190A 1190CDiak 11914 11915Diak 11917 11918Diak 11936 11937Diak 11939 1193BDiak \
    11947 11950Diak 1195A 119A0Nand 119A8 119AANand 119D8 119DANand 119E5 11A00Zanb 11A48 11A50Soyo 11AA3 \
    11AB0Cans 11AC0Pauc 11AF9 11B00Deva 11B0B 11B60Shrd 11B68 11BC0Sunu 11BE2 11BF0Sunu 11BFA 11C00Bhks 11C09 \
    11C0ABhks 11C37 11C38Bhks 11C46 11C50Bhks 11C6D 11C70Marc 11C90 11C92Marc 11CA8 11CA9Marc 11CB7 11D00Gonm \
    11D07 11D08Gonm 11D0A 11D0BGonm 11D37 11D3AGonm 11D3B 11D3CGonm 11D3E 11D3FGonm 11D48 11D50Gonm 11D5A \
    11D60Gong 11D66 11D67Gong 11D69 11D6AGong 11D8F 11D90Gong 11D92 11D93Gong 11D99 11DA0Gong 11DAA 11DB0Tols \
    11DDC 11DE0Tols 11DEA 11DF0Beng 11DF2 11EE0Maka 11EF9 11F00Kawi 11F11 11F12Kawi 11F3B 11F3EKawi 11F5B \
    11FB0Lisu 11FB1 11FC0Taml 11FF2 11FFFTaml 12000Xsux 1239A 12400Xsux 12544 12550Xsux 125A8Pcun 1264CXsux \
    12687 12F90Cpmn 12FF3 13000Egyp 13456 13460Egyp 143FB 14400Hluw 14647 16100Gukh 1613A 16800Bamu 16A39 \
    16A40Mroo 16A5F 16A60Mroo 16A6A 16A6EMroo 16A70Tnsa 16ABF 16AC0Tnsa 16ACA 16AD0Bass 16AEE 16AF0Bass 16AF6 \
    16B00Hmng 16B46 16B50Hmng 16B5A 16B5BHmng 16B62 16B63Hmng 16B78 16B7DHmng 16B90 16D40Krai 16D7A 16E40Medf \
    16E9B 16EA0Berf 16EB9 16EBBBerf 16ED4 16F00Plrd 16F4B 16F4FPlrd 16F88 16F8FPlrd 16FA0 16FE0Tang 16FE1Nshu \
    16FE2Hani 16FE4Kits 16FE5 16FF0Hani 16FF7 17000Tang 18B00Kits 18CDB 18CFFKits 18D00Tang 18D21 18D80Tang \
    18DF3 18E00Jurc 19192 191A0Jurc 191D3 1AFF0Kana 1AFF4 1AFF5Kana 1AFFC 1AFFDKana 1AFFF 1B000Kana 1B001Hira \
    1B120Kana 1B123Hira 1B124Kana 1B129 1B132Hira 1B133 1B150Hira 1B153 1B155Kana 1B156 1B164Kana 1B169 \
    1B170Nshu 1B2FC 1BC00Dupl 1BC6B 1BC70Dupl 1BC7D 1BC80Dupl 1BC89 1BC90Dupl 1BC9A 1BC9CDupl 1BCA0Zyyy 1BCA4 \
    1CC00Zyyy 1CCFD 1CD00Zyyy 1CEB4 1CEBAZyyy 1CED1 1CED2Zyyy 1CED5 1CEDDZyyy 1CEFE 1CF00Zinh 1CF2E 1CF30Zinh \
    1CF47 1CF50Zyyy 1CFC4 1D000Zyyy 1D0F6 1D100Zyyy 1D127Zinh 1D129Zyyy 1D167Zinh 1D16AZyyy 1D17BZinh 1D183Zyyy \
    1D185Zinh 1D18CZyyy 1D1AAZinh 1D1AEZyyy 1D200Grek 1D246 1D250Zyyy 1D25BZinh 1D25DZyyy 1D282 1D2C0Zyyy 1D2D4 \
    1D2E0Zyyy 1D2F4 1D300Zyyy 1D357 1D360Zyyy 1D379 1D400Zyyy 1D455 1D456Zyyy 1D49D 1D49EZyyy 1D4A0 1D4A2Zyyy \
    1D4A3 1D4A5Zyyy 1D4A7 1D4A9Zyyy 1D4AD 1D4AEZyyy 1D4BA 1D4BBZyyy 1D4BC 1D4BDZyyy 1D4C4 1D4C5Zyyy 1D506 \
    1D507Zyyy 1D50B 1D50DZyyy 1D515 1D516Zyyy 1D51D 1D51EZyyy 1D53A 1D53BZyyy 1D53F 1D540Zyyy 1D545 1D546Zyyy \
    1D547 1D54AZyyy 1D551 1D552Zyyy 1D6A7 1D6A8Zyyy 1D7CC 1D7CEZyyy 1D800Sgnw 1DA8C 1DA9BSgnw 1DAA0 1DAA1Sgnw \
    1DAB0 1DB00Zyyy 1DB1D 1DF00Latn 1DF82 1DF90Latn 1DF97 1DFCDLatn 1DFF3Grek 1DFF5Latn 1E000Glag 1E007 \
    1E008Glag 1E019 1E01BGlag 1E022 1E023Glag 1E025 1E026Glag 1E02B 1E030Cyrl 1E06E 1E08FCyrl 1E090 1E100Hmnp \
    1E12D 1E130Hmnp 1E13E 1E140Hmnp 1E14A 1E14EHmnp 1E150 1E290Toto 1E2AF 1E2C0Wcho 1E2FA 1E2FFWcho 1E300 \
    1E4D0Nagm 1E4FA 1E5D0Onao 1E5FB 1E5FFOnao 1E600 1E6C0Tayo 1E6DF 1E6E0Tayo 1E6F6 1E6FETayo 1E700 1E7E0Ethi \
    1E7E7 1E7E8Ethi 1E7EC 1E7EDEthi 1E7EF 1E7F0Ethi 1E7FF 1E800Mend 1E8C5 1E8C7Mend 1E8D7 1E900Adlm 1E94C \
    1E950Adlm 1E95A 1E95EAdlm 1E960 1EC71Zyyy 1ECB5 1ED01Zyyy 1ED3E 1EE00Arab 1EE04 1EE05Arab 1EE20 1EE21Arab \
    1EE23 1EE24Arab 1EE25 1EE27Arab 1EE28 1EE29Arab 1EE33 1EE34Arab 1EE38 1EE39Arab 1EE3A 1EE3BArab 1EE3C \
    1EE42Arab 1EE43 1EE47Arab 1EE48 1EE49Arab 1EE4A 1EE4BArab 1EE4C 1EE4DArab 1EE50 1EE51Arab 1EE53 1EE54Arab \
    1EE55 1EE57Arab 1EE58 1EE59Arab 1EE5A 1EE5BArab 1EE5C 1EE5DArab 1EE5E 1EE5FArab 1EE60 1EE61Arab 1EE63 \
    1EE64Arab 1EE65 1EE67Arab 1EE6B 1EE6CArab 1EE73 1EE74Arab 1EE78 1EE79Arab 1EE7D 1EE7EArab 1EE7F 1EE80Arab \
    1EE8A 1EE8BArab 1EE9C 1EEA1Arab 1EEA4 1EEA5Arab 1EEAA 1EEABArab 1EEBC 1EEF0Arab 1EEF2 1F000Zyyy 1F02C \
    1F030Zyyy 1F094 1F0A0Zyyy 1F0AF 1F0B1Zyyy 1F0C0 1F0C1Zyyy 1F0D0 1F0D1Zyyy 1F0F6 1F100Zyyy 1F1AF 1F1E6Zyyy \
    1F200Hira 1F201Zyyy 1F203 1F210Zyyy 1F23C 1F240Zyyy 1F249 1F250Zyyy 1F252 1F260Zyyy 1F266 1F300Zyyy 1F6DA \
    1F6DCZyyy 1F6ED 1F6F0Zyyy 1F6FD 1F700Zyyy 1F7DC 1F7E0Zyyy 1F7EC 1F7F0Zyyy 1F80C 1F810Zyyy 1F848 1F850Zyyy \
    1F85A 1F860Zyyy 1F888 1F890Zyyy 1F8AE 1F8B0Zyyy 1F8BC 1F8C0Zyyy 1F8C2 1F8D0Zyyy 1F8D9 1F900Zyyy 1FA58 \
    1FA60Zyyy 1FA6E 1FA70Zyyy 1FA7D 1FA80Zyyy 1FAC7 1FAC8Zyyy 1FAC9 1FACCZyyy 1FADE 1FADFZyyy 1FAEC 1FAEFZyyy \
    1FAFB 1FB00Zyyy 1FB93 1FB94Zyyy 1FBFB 20000Hani 2A6E0 2A700Hani 2B81F 2B820Hani 2CEAE 2CEB0Hani 2EBE1 \
    2EBF0Hani 2EE5E 2F800Hani 2FA1E 30000Hani 3134B 31350Hani 3347A 3D000Seal 3FC40 E0001Zyyy E0002 E0020Zyyy \
    E0080 E0100Zinh E01F0 \

    """
}
