package auditlog

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"time"

	"roster/internal/authz"
	"roster/internal/op"
	"roster/internal/text"
)

// ExportInput is what to export. After is where the next part begins.
type ExportInput struct {
	Filter
	After string `json:"-"`
}

// Export answers the next part of an export, in the order of List. It is asked
// again for each part, so that whoever loses the right while a long export runs
// does not get the rest.
var Export = op.Query[ExportInput, op.Page[Event]]{
	Name: "audit.export", Needs: authz.AuditView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in ExportInput) (op.Page[Event], error) {
		return list(t, ListInput{in.Filter, op.Paging{Limit: op.MaxLimit, Cursor: in.After}})
	},
}

// asker asks Export on somebody's behalf.
type asker = func(ExportInput) (op.Page[Event], error)

// each calls f for every event of an export.
func each(in ExportInput, ask asker, f func(Event) error) error {
	for {
		p, err := ask(in)
		if err != nil {
			return err
		}
		for _, e := range p.Items {
			if err := f(e); err != nil {
				return err
			}
		}
		if p.Next == nil {
			return nil
		}
		in.After = *p.Next
	}
}

// writeLines writes one JSON object for each event, as List has them.
func writeLines(w io.Writer, in ExportInput, ask asker) error {
	lines := json.NewEncoder(w)
	return each(in, ask, func(e Event) error { return lines.Encode(e) })
}

var columns = []string{
	"at", "name", "actor_kind", "actor_id", "actor_name", "subject_kind", "subject_id", "subject_name", "changes", "address", "agent", "request_id", "id",
}

// writeCSV writes a table with a head. Changes are JSON.
func writeCSV(w io.Writer, in ExportInput, ask asker) error {
	table := csv.NewWriter(w)
	begun := false
	err := each(in, ask, func(e Event) error {
		if !begun {
			begun = true
			if err := table.Write(columns); err != nil {
				return err
			}
		}
		return table.Write(e.record())
	})
	if err == nil && !begun {
		err = table.Write(columns)
	}
	if err != nil {
		return err
	}
	table.Flush()
	return table.Error()
}

func (e Event) record() []string {
	changes, _ := json.Marshal(e.Changes) // they were read from JSON
	record := []string{
		e.At.UTC().Format(time.RFC3339Nano), e.Name, e.Actor.Kind, e.Actor.ID, e.Actor.Name, e.Subject.Kind, e.Subject.ID, e.Subject.Name,
		string(changes), e.Address, e.Agent, e.Request, string(e.ID),
	}
	for i, field := range record {
		record[i] = text.Cell(field)
	}
	return record
}
