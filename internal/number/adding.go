package number

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"roster/internal/errs"
	"roster/internal/id"
)

// Input is what somebody gives to add numbers: one of number, from and to, or
// numbers.
type Input struct {
	Number  string   `json:"number,omitempty" maxLength:"64" example:"+4681234567" doc:"One number, with its country code."`
	From    string   `json:"from,omitempty" maxLength:"64" doc:"The first number of a range."`
	To      string   `json:"to,omitempty" maxLength:"64" doc:"The last one of the range: as long as the first, and like it but for the last five digits. At most 10,000 numbers."`
	Numbers []string `json:"numbers,omitempty" doc:"Up to 1,000 numbers; each has an outcome of its own."`
	Kind    Kind     `json:"kind,omitempty" enum:"main,shared,personal" doc:"personal if left out."`
	Group   id.Group `json:"group_id,omitempty" doc:"The default group if left out."`
	User    id.User  `json:"user_id,omitempty" doc:"With number only: gives it to this user."`

	Who string `json:"-"` // in place of User: an address or username, as people type it
}

// Outcome is what came of one number.
type Outcome string

// The outcomes.
const (
	Added   Outcome = "added"
	Taken   Outcome = "taken" // the organization has it, or it stands in the list twice
	Invalid Outcome = "invalid"
)

// Result is the outcome for one number, in the order in which they were given.
type Result struct {
	Number  string    `json:"number" doc:"In E.164; as it was written, if it is invalid."`
	Outcome Outcome   `json:"outcome" enum:"added,taken,invalid"`
	ID      id.Number `json:"number_id,omitempty"`
	Message string    `json:"message,omitempty" doc:"Why the number is invalid."`
}

// Made answers an addition: one number as it is, and the outcomes of several.
type Made struct {
	ID        id.Number `json:"id,omitempty" doc:"This and what follows: of one number. Of several, results tells."`
	Number    string    `json:"number,omitempty"`
	Kind      Kind      `json:"kind,omitempty" enum:"main,shared,personal"`
	Group     id.Group  `json:"group_id,omitempty"`
	User      id.User   `json:"user_id,omitempty"`
	UserName  string    `json:"user_name,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	Version   int       `json:"version,omitzero"`
	Results   []Result  `json:"results"`
}

func madeOf(n Number) Made {
	return Made{n.ID, n.Number, n.Kind, n.Group, n.User, n.UserName, n.CreatedAt, n.Version, []Result{{Number: n.Number, Outcome: Added, ID: n.ID}}}
}

// Count is how many numbers had the outcome.
func (m Made) Count(o Outcome) int {
	n := 0
	for _, r := range m.Results {
		if r.Outcome == o {
			n++
		}
	}
	return n
}

// single reports whether the input is about one number.
func (in Input) single() bool { return in.From == "" && in.To == "" && in.Numbers == nil }

// check answers the numbers that were given, each with what is known of it so
// far, and notes in c what is wrong with the input as a whole.
func (in Input) check(c *errs.Check) (Input, []Result) {
	in.Kind = checkKind(c, cmp.Or(in.Kind, Personal))
	ranged := in.From != "" || in.To != ""
	if in.Number != "" && (ranged || in.Numbers != nil) || ranged && in.Numbers != nil {
		c.Fail("number", "ambiguous", "Give one number, the first and the last of a range, or a list: not several of them.")
		return in, nil
	}
	if (in.User != "" || in.Who != "") && (!in.single() || in.Kind != Personal) {
		c.Fail("user_id", "not_personal", "Only one personal number can be given to somebody at once.")
	}
	if in.Kind == Main && !in.single() {
		c.Fail("kind", "not_several", "An organization has one main number: add it by itself.")
	}
	switch {
	case in.Numbers != nil:
		return in, in.list(c)
	case ranged:
		return in, in.span(c)
	case in.Number == "":
		c.Fail("number", "required", "Enter a number with its country code, such as +46 8 123 45 67.")
		return in, nil
	}
	number, err := parse(in.Number)
	if err != nil {
		c.Fail("number", "invalid_number", "%s", wrong(err))
	}
	return in, []Result{{Number: number}}
}

func wrong(err error) string {
	return fmt.Sprintf("This is no number that can be used: %v. Write it with its country code, such as +46 8 123 45 67.", err)
}

// list reads each number of a list by itself.
func (in Input) list(c *errs.Check) []Result {
	switch {
	case len(in.Numbers) == 0:
		c.Fail("numbers", "required", "Enter at least one number.")
	case len(in.Numbers) > MaxList:
		c.Fail("numbers", "too_many", "At most %d numbers can be added as a list; these are %d.", MaxList, len(in.Numbers))
		return nil
	}
	results := make([]Result, len(in.Numbers))
	seen := map[string]bool{}
	for i, written := range in.Numbers {
		r := Result{Number: strings.TrimSpace(written)}
		switch number, err := parse(written); {
		case err != nil:
			r.Outcome, r.Message = Invalid, wrong(err)
		case seen[number]:
			r.Number, r.Outcome, r.Message = number, Taken, "This number stands in the list twice."
		default:
			r.Number, seen[number] = number, true
		}
		results[i] = r
	}
	return results
}

// tail is how many digits of the first and the last number of a range may differ.
const tail = 5

// span are the numbers from the first to the last one of a range.
func (in Input) span(c *errs.Check) []Result {
	var ends [2]string
	for i, end := range []struct{ field, written string }{{"from", in.From}, {"to", in.To}} {
		var err error
		if strings.TrimSpace(end.written) == "" {
			c.Fail(end.field, "required", "Enter the first and the last number of the range.")
		} else if ends[i], err = parse(end.written); err != nil {
			c.Fail(end.field, "invalid_number", "%s", wrong(err))
		}
	}
	first, last := ends[0], ends[1]
	switch {
	case first == "" || last == "":
		return nil
	case len(first) <= tail || len(first) != len(last) || first[:len(first)-tail] != last[:len(last)-tail]:
		c.Fail("to", "not_a_range", "The last number has as many digits as the first one, and begins like it: only the last %d may differ.", tail)
		return nil
	}
	head := first[:len(first)-tail]
	low, high := number(first[len(head):]), number(last[len(head):])
	switch n := high - low + 1; {
	case n < 1:
		c.Fail("to", "not_a_range", "The last number comes before the first one.")
		return nil
	case n > MaxRange:
		c.Fail("to", "too_many", "A range has at most %d numbers; this one has %d.", MaxRange, n)
		return nil
	}
	results := make([]Result, 0, high-low+1)
	for n := low; n <= high; n++ {
		results = append(results, Result{Number: head + fmt.Sprintf("%0*d", tail, n)})
	}
	return results
}

// number is the value of a few digits.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0 // they have been read as a number already
	}
	return n
}

// settle fills in which of the numbers the organization has already.
func settle(results []Result, there map[string]bool) []Result {
	for i, r := range results {
		switch {
		case r.Outcome != "":
		case there[r.Number]:
			results[i].Outcome, results[i].Message = Taken, "The organization has this number already."
		default:
			results[i].Outcome = Added
		}
	}
	return results
}
