package errs_test

import (
	"fmt"
	"strings"
	"testing"

	"roster/internal/errs"
)

// shout is a language of its own.
func shout(format string, args ...any) string {
	return strings.ToUpper(strings.ReplaceAll(fmt.Sprintf(format, args...), "%!(EXTRA", "("))
}

func TestRefusalsAreSaidInOtherLanguages(t *testing.T) {
	var c errs.Check
	c.Fail("email", "invalid_email", "This is not an e-mail address: %s.", errs.Phrased("%d signs", 2))
	e := errs.Invalid(append([]errs.Field{errs.Wrong("name", "required", "Enter a name.")}, errs.Field{Field: "x", Message: "By hand."})...)
	if err := c.Err(); err == nil || !strings.Contains(err.Error(), "This is not an e-mail address: 2 signs.") {
		t.Errorf("in English: %v", err)
	}
	said := e.In(shout)
	if said.Message != "SOME VALUES NEED A CORRECTION." || said.Fields[0].Message != "ENTER A NAME." || said.Fields[1].Message != "BY HAND." {
		t.Errorf("said %+v", said)
	}
	if e.Fields[0].Message != "Enter a name." || said.Code != e.Code || said.Kind != e.Kind {
		t.Error("the refusal itself has changed")
	}
	if got := errs.Phrased("The password %s.", errs.Phrased("%s, and %s", errs.Phrased("a"), errs.Phrased("b"))).In(shout); got != "THE PASSWORD A, AND B." {
		t.Error(got)
	}
	if got := errs.Conflict("x", "There are %d.", 3).Phrase().String(); got != "There are 3." {
		t.Error(got)
	}
}
