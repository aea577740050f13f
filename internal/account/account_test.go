package account

import (
	"fmt"
	"strings"
	"testing"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/patch"
)

func some(n int) IDs {
	var list IDs
	for i := range n {
		list = append(list, id.Account(fmt.Sprintf("acc_%03d", i)))
	}
	return list
}

func TestWhatAnAccountMayBe(t *testing.T) {
	for name, c := range map[string]struct {
		kind  Kind
		in    Input
		wrong string // field and code
	}{
		"a name":                  {Contract, Input{Name: patch.To(" North ")}, ""},
		"no name":                 {Contract, Input{}, "name required"},
		"null":                    {Contract, Input{Name: patch.ToNull[string]()}, "name required"},
		"a name unseen":           {Contract, Input{Name: patch.To("\u200b")}, "name required"},
		"the longest name":        {Contract, Input{Name: patch.To(strings.Repeat("ø", MaxName))}, ""},
		"a longer name":           {Contract, Input{Name: patch.To(strings.Repeat("ø", MaxName+1))}, "name too_long"},
		"two lines":               {Contract, Input{Name: patch.To("a\nb")}, "name invalid_text"},
		"a contract under others": {Contract, Input{Name: patch.To("x"), Contracts: patch.To(some(1))}, "contract_account_ids not_wanted"},
		"a delivery under others": {Delivery, Input{Name: patch.To("x"), Contracts: patch.To(some(MaxLinks))}, ""},
		"one twice":               {Delivery, Input{Name: patch.To("x"), Contracts: patch.To(append(some(MaxLinks), some(2)...))}, ""},
		"under too many":          {Delivery, Input{Name: patch.To("x"), Contracts: patch.To(some(MaxLinks + 1))}, "contract_account_ids too_many"},
	} {
		t.Run(name, func(t *testing.T) {
			_, check := c.in.apply(Account{Kind: c.kind})
			got := ""
			if e, ok := check.Err().(*errs.Error); ok {
				got = e.Fields[0].Field + " " + e.Fields[0].Code
			}
			if got != c.wrong {
				t.Errorf("wrong is %q, want %q", got, c.wrong)
			}
		})
	}
}

func TestWhatIsNotSaidOfAnAccountStays(t *testing.T) {
	a := Account{Kind: Delivery, Name: "Port", Parent: "acc_p", Contracts: IDs{"acc_c"}}
	for name, c := range map[string]struct {
		in   Input
		want string
	}{
		"nothing":      {Input{}, "Port acc_p [acc_c]"},
		"another name": {Input{Name: patch.To("Harbor")}, "Harbor acc_p [acc_c]"},
		"to the top":   {Input{Parent: patch.ToNull[id.Account]()}, "Port  [acc_c]"},
		"under none":   {Input{Contracts: patch.ToNull[IDs]()}, "Port acc_p []"},
	} {
		got, check := c.in.apply(a)
		if is := fmt.Sprintf("%s %s %s", got.Name, got.Parent, got.Contracts); check.Err() != nil || is != c.want {
			t.Errorf("%s: %q, %v, want %q", name, is, check.Err(), c.want)
		}
	}
}

func TestWhatKeepsAnAccount(t *testing.T) {
	for _, c := range []struct {
		uses uses
		says string
	}{{uses{}, ""}, {uses{Below: 1}, "below"}, {uses{Users: 2}, "Users"}, {uses{Roles: 1}, "role"}, {uses{1, 1, 1}, "below"}} {
		no := Account{Name: "Port"}.deletable(c.uses)
		if c.says == "" && no != nil || c.says != "" && (no == nil || no.Code != "account_in_use" || !strings.Contains(no.Message, c.says)) {
			t.Errorf("%+v: %v", c.uses, no)
		}
	}
}
