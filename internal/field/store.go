package field

import (
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/text"
)

const columns = `id, key, name, kind, choices, required, person_may_edit, position, created_at, version`

// All are the fields of the organization in their order, at most MaxFields.
func All(t *op.Tx) ([]Field, error) {
	return op.All[Field](t, `select `+columns+` from custom_fields where org_id = :org order by position, id`, nil)
}

func byID(t *op.Tx, field id.Field) (Field, error) {
	return op.One[Field](t, `select `+columns+` from custom_fields where org_id = :org and id = :id`, op.Args{"id": field})
}

// filled counts the users who have a value in a field. A value is JSON, in which
// a quote is escaped: what looks like a member's name is one.
func filled(t *op.Tx, f Field) (int, error) {
	return op.One[int](t, `select count(*) from users where org_id = :org and custom like :like escape '\'`, op.Args{"like": op.Like(`"` + f.Key + `":`)})
}

// insert adds a row, unless somebody has taken its key or name at this moment.
func insert(t *op.Tx, f Field) error {
	args := f.args()
	args["key"], args["kind"], args["created"] = f.Key, f.Kind, f.CreatedAt
	n, err := t.Exec(`insert into custom_fields (org_id, id, key, name, name_key, kind, choices, required, person_may_edit, position, created_at, version)
		values (:org, :id, :key, :name, :name_key, :kind, :choices, :required, :person_may_edit, :position, :created, 1)
		on conflict do nothing`, args)
	if err == nil && n == 0 {
		return keyTaken()
	}
	return err
}

// update writes all that can change, if nobody has changed the row since.
func update(t *op.Tx, f Field) error {
	args := f.args()
	args["version"] = f.Version
	n, err := t.Exec(`update custom_fields set name = :name, name_key = :name_key, choices = :choices, required = :required,
			person_may_edit = :person_may_edit, position = :position, version = version + 1
		where org_id = :org and id = :id and version = :version`, args)
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

// place puts a field into another place, as its own change of another one does:
// it is no new version.
func place(t *op.Tx, field id.Field, position int) error {
	return t.ExecOne(`update custom_fields set position = :position where org_id = :org and id = :id`, op.Args{"id": field, "position": position})
}

func (f Field) args() op.Args {
	return op.Args{
		"id": f.ID, "name": f.Name, "name_key": text.Key(f.Name), "choices": f.Choices.written(), "required": f.Required,
		"person_may_edit": f.PersonMayEdit, "position": f.Position,
	}
}

func remove(t *op.Tx, f Field) error {
	return t.ExecOne(`delete from custom_fields where org_id = :org and id = :id`, op.Args{"id": f.ID})
}
