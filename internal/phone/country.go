package phone

import (
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// countryCodes are the officially assigned codes of ISO 3166-1 alpha-2, sorted.
var countryCodes = strings.Fields(`
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ
BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR
CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU
ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ
LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ
MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI
SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR
TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
`)

// Country is a choice in a form.
type Country struct {
	Code string // ISO 3166-1 alpha-2, upper case
	Name string
}

// Countries returns every country with its name in the language langTag (BCP 47),
// in the order in which that language sorts the names. A language that has no
// names here gets the English ones.
func Countries(langTag string) []Country {
	tag, err := language.Parse(langTag)
	if err != nil {
		tag = language.English
	}
	names := display.Regions(tag)
	if names == nil {
		tag, names = language.English, display.English.Regions()
	}
	countries := make([]Country, len(countryCodes))
	for i, code := range countryCodes {
		countries[i] = Country{Code: code, Name: regionName(names, code)}
	}
	order := collate.New(tag)
	slices.SortFunc(countries, func(a, b Country) int { return order.CompareString(a.Name, b.Name) })
	return countries
}

func regionName(names display.Namer, code string) string {
	region := language.MustParseRegion(code)
	if name := names.Name(region); name != "" {
		return name
	}
	return display.English.Regions().Name(region)
}

// ValidCountry reports whether code is an assigned ISO 3166-1 alpha-2 code in
// upper case.
func ValidCountry(code string) bool {
	_, found := slices.BinarySearch(countryCodes, code)
	return found
}
