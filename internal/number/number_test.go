package number

import (
	"fmt"
	"strings"
	"testing"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/patch"
)

// faults are the fields that are wrong, each with its code.
func faults(c errs.Check) string {
	e, ok := c.Err().(*errs.Error)
	if !ok {
		return ""
	}
	var list []string
	for _, f := range e.Fields {
		list = append(list, f.Field+":"+f.Code)
	}
	return strings.Join(list, " ")
}

func TestWhatIsAdded(t *testing.T) {
	many := make([]string, MaxList+1)
	for name, c := range map[string]struct {
		in     Input
		want   string // the numbers, and what is known of them
		faults string
	}{
		"one":                       {Input{Number: "+46 8-123 45 67"}, "+4681234567", ""},
		"nothing":                   {Input{}, "", "number:required"},
		"no country code":           {Input{Number: "08 123 45 67"}, "", "number:invalid_number"},
		"no number":                 {Input{Number: "extension 7"}, "", "number:invalid_number"},
		"much too long":             {Input{Number: strings.Repeat("+46", 100)}, "", "number:invalid_number"},
		"of no kind":                {Input{Number: "+4681234567", Kind: "fax"}, "+4681234567", "kind:unknown_kind"},
		"a shared one for somebody": {Input{Number: "+4681234567", Kind: Shared, User: "usr_1"}, "+4681234567", "user_id:not_personal"},
		"one and a range":           {Input{Number: "+4681234567", From: "+4681234567"}, "", "number:ambiguous"},
		"a range and a list":        {Input{To: "+4681234567", Numbers: []string{"+4681234567"}}, "", "number:ambiguous"},
		"a range":                   {Input{From: "+46 8 123 45 98", To: "+46 8 123 46 01"}, "+4681234598 +4681234599 +4681234600 +4681234601", ""},
		"a range of one":            {Input{From: "+4681234598", To: "+4681234598"}, "+4681234598", ""},
		"a range without an end":    {Input{From: "+4681234598"}, "", "to:required"},
		"a range backwards":         {Input{From: "+4681234598", To: "+4681234597"}, "", "to:not_a_range"},
		"a range of two lengths":    {Input{From: "+468123459", To: "+4681234601"}, "", "to:not_a_range"},
		"a range into another area": {Input{From: "+4681299999", To: "+4681300000"}, "", "to:not_a_range"},
		"a range of no numbers":     {Input{From: "x", To: "y"}, "", "from:invalid_number to:invalid_number"},
		"a range that is too long":  {Input{From: "+4681200000", To: "+4681210000"}, "", "to:too_many"},
		"a range of main numbers":   {Input{From: "+4681234598", To: "+4681234599", Kind: Main}, "+4681234598 +4681234599", "kind:not_several"},
		"a range for somebody":      {Input{From: "+4681234598", To: "+4681234599", User: "usr_1"}, "+4681234598 +4681234599", "user_id:not_personal"},
		"a list":                    {Input{Numbers: []string{" +46 8 123 45 67 ", "rubbish", "+4681234567", "+49 30 123456"}}, "+4681234567 rubbish=invalid +4681234567=taken +4930123456", ""},
		"an empty list":             {Input{Numbers: []string{}}, "", "numbers:required"},
		"a list that is too long":   {Input{Numbers: many}, "", "numbers:too_many"},
	} {
		t.Run(name, func(t *testing.T) {
			var check errs.Check
			in, results := c.in.check(&check)
			var got []string
			for _, r := range results {
				if text := strings.TrimSuffix(fmt.Sprint(r.Number, "=", r.Outcome), "="); text != "" {
					got = append(got, text)
				}
			}
			if strings.Join(got, " ") != c.want || faults(check) != c.faults {
				t.Errorf("got %v, %q, want %s, %q", got, faults(check), c.want, c.faults)
			}
			if c.in.Kind == "" && in.Kind != Personal && c.faults != "number:ambiguous" {
				t.Errorf("of kind %q", in.Kind)
			}
		})
	}
}

func TestTheLongestRange(t *testing.T) {
	var c errs.Check
	_, results := Input{From: "+4681200000", To: "+4681209999"}.check(&c)
	if len(results) != MaxRange || faults(c) != "" || results[0].Number != "+4681200000" || results[MaxRange-1].Number != "+4681209999" {
		t.Errorf("%d numbers, %s", len(results), faults(c))
	}
	results = settle(results, map[string]bool{"+4681200001": true})
	if m := (Made{Results: results}); m.Count(Added) != MaxRange-1 || m.Count(Taken) != 1 {
		t.Errorf("%d added, %d taken", m.Count(Added), m.Count(Taken))
	}
}

func TestWhatMayBecomeOfANumber(t *testing.T) {
	free := Number{ID: "num_1", Number: "+4681234567", Kind: Personal, Group: "grp_1"}
	given, shared, main := free, free, free
	given.User, given.UserName, shared.Kind, main.Kind = "usr_1", "Uma", Shared, Main
	for name, c := range map[string]struct {
		old    Number
		change Change
		main   *Number
		want   string // code of the refusal, or fields
	}{
		"nothing":                              {free, Change{}, nil, ""},
		"given":                                {free, Change{User: patch.To(id.User("usr_2"))}, nil, ""},
		"moved":                                {given, Change{User: patch.To(id.User("usr_2"))}, nil, ""},
		"freed":                                {given, Change{User: patch.ToNull[id.User]()}, nil, ""},
		"shared":                               {free, Change{Kind: patch.To(Shared)}, nil, ""},
		"shared while somebody has it":         {given, Change{Kind: patch.To(Shared)}, nil, "number_assigned"},
		"freed and shared":                     {given, Change{Kind: patch.To(Shared), User: patch.ToNull[id.User]()}, nil, ""},
		"shared and given":                     {free, Change{Kind: patch.To(Shared), User: patch.To(id.User("usr_2"))}, nil, "user_id:not_personal"},
		"a shared one given":                   {shared, Change{User: patch.To(id.User("usr_2"))}, nil, "user_id:not_personal"},
		"a shared one made personal and given": {shared, Change{Kind: patch.To(Personal), User: patch.To(id.User("usr_2"))}, nil, ""},
		"the main number":                      {shared, Change{Kind: patch.To(Main)}, nil, ""},
		"a second main number":                 {shared, Change{Kind: patch.To(Main)}, &main, "main_number_exists"},
		"the main number once more":            {main, Change{Kind: patch.To(Main)}, &main, ""},
		"of no kind":                           {free, Change{Kind: patch.ToNull[Kind]()}, nil, "kind:unknown_kind"},
	} {
		t.Run(name, func(t *testing.T) {
			var check errs.Check
			n := c.change.apply(c.old, &check)
			got := faults(check)
			if got == "" {
				if e, refused := changeable(c.old, n, c.main).(*errs.Error); refused {
					got = e.Code
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if free.givable() != nil || free.deletable() != nil || shared.deletable() != nil {
		t.Error("what is free cannot be given or deleted")
	}
	if !errs.Is(given.givable(), "number_assigned") || !errs.Is(shared.givable(), "not_personal") || !errs.Is(given.deletable(), "number_assigned") {
		t.Error("what is not free can be given or deleted")
	}
}

func TestFormsBecomeInput(t *testing.T) {
	for name, c := range map[string]struct {
		form addForm
		want string
	}{
		"one":           {addForm{As: asOne, Number: "1", From: "2", Numbers: "3", Who: " uma "}, `{1   [] 0}`},
		"no way at all": {addForm{Number: "1"}, `{1   [] 0}`},
		"a range":       {addForm{As: asRange, Number: "1", From: "2", To: "3", Who: "uma"}, `{ 2 3 [] 0}`},
		"a list":        {addForm{As: asList, Numbers: "1\r\n 2 ;\n\n3, 4"}, `{   [1 2 3 4] 4}`},
		"an empty list": {addForm{As: asList, Numbers: " \n "}, `{   [] 0}`},
	} {
		in := c.form.input()
		if got := fmt.Sprintf("{%s %s %s %v %d}", in.Number, in.From, in.To, in.Numbers, len(in.Numbers)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
	if one := (addForm{As: asOne, Number: "1", Who: " uma "}).input(); one.Who != "uma" || !one.single() {
		t.Errorf("one is %+v", one)
	}
	if none := (addForm{As: asRange}).input(); none.single() {
		t.Error("an empty range is one number")
	}
	if many := (addForm{As: asList, Numbers: strings.Repeat("1\n", 3*MaxList)}).input(); len(many.Numbers) != MaxList+1 {
		t.Errorf("%d lines are kept", len(many.Numbers))
	}
}
