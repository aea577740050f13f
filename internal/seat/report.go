package seat

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"time"

	"roster/internal/account"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/service"
	"roster/internal/text"
)

// Used is what the users of one group used of one plan.
type Used struct {
	Group     id.Group      `db:"group_id" json:"group_id"`
	GroupName string        `db:"group_name" json:"group" doc:"Empty if there is no such group any more."`
	Service   string        `db:"service" json:"service"`
	Plan      string        `db:"plan" json:"plan"`
	PlanName  string        `db:"plan_name" json:"plan_name" doc:"With the service's name."`
	Model     service.Model `db:"model" json:"model" enum:"named,seat"`
	Users     int           `db:"users" json:"users" doc:"They have a license now; of a seat plan: they are members of a pool now."`
	Leases    int           `db:"leases" json:"leases" doc:"So many leases of seats ran in the month."`
	Millis    int           `db:"ms" json:"-"`
	Seconds   int           `db:"-" json:"lease_seconds" doc:"So long seats were in use in the month, all together."`
}

// Month is who used what in a month.
type Month struct {
	Month string `json:"month"`
	Items []Used `json:"items"`
}

// ReportInput is which month.
type ReportInput struct {
	Month string `query:"month" json:"-" doc:"A month of UTC, such as 2026-11: the current one if left out. Leases are remembered for 400 days." example:"2026-11"`
}

const monthForm = "2006-01"

// Report answers who used what in a month, by group, for billing. Who is limited to
// some users is told of the groups that these are in. Error: validation_failed.
var Report = op.Query[ReportInput, Month]{
	Name: "license.usage", Needs: authz.LicensesView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in ReportInput) (Month, error) {
		if in.Month == "" {
			in.Month = t.Now().UTC().Format(monthForm)
		}
		from, err := time.Parse(monthForm, in.Month)
		if err != nil || from.After(t.Now()) {
			return Month{}, errs.Invalid(errs.Wrong("month", "invalid_month", "Name a month that has begun, such as %s.", t.Now().UTC().Format(monthForm)))
		}
		all, err := used(t, from, from.AddDate(0, 1, 0))
		if err != nil {
			return Month{}, err
		}
		groups, err := group.Choices(t)
		limited, _ := account.Within(t)
		m := Month{Month: in.Month, Items: []Used{}}
		for _, u := range all {
			if limited == "" || slices.ContainsFunc(groups, func(g group.Choice) bool { return g.ID == u.Group }) {
				u.Seconds = u.Millis / 1000
				m.Items = append(m.Items, u)
			}
		}
		return m, err
	},
}

// asker asks for a report on somebody's behalf.
type asker = func(ReportInput) (Month, error)

func writeJSON(w io.Writer, in ReportInput, ask asker) error {
	m, err := ask(in)
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(m)
}

// writeCSV writes a table with a head, the hours with two places.
func writeCSV(w io.Writer, in ReportInput, ask asker) error {
	m, err := ask(in)
	if err != nil {
		return err
	}
	table := csv.NewWriter(w)
	rows := [][]string{{"month", "group_id", "group", "service", "plan", "plan_name", "model", "users", "leases", "hours"}}
	for _, u := range m.Items {
		rows = append(rows, []string{
			m.Month, string(u.Group), text.Cell(u.GroupName), u.Service, u.Plan, text.Cell(u.PlanName), string(u.Model),
			strconv.Itoa(u.Users), strconv.Itoa(u.Leases), strconv.FormatFloat(float64(u.Millis)/3_600_000, 'f', 2, 64),
		})
	}
	return table.WriteAll(rows)
}
