package sqldb

import (
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// Scan reads all rows into values of T: a struct whose fields carry the
// column's name in a `db` tag, or a single value for a single column. Columns
// without a field, and fields without a column, are mistakes of the program
// and answered as errors. NULL is the zero value.
func Scan[T any](rows *sql.Rows) ([]T, error) {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	fields, err := fieldsOf(reflect.TypeFor[T](), columns)
	if err != nil {
		return nil, err
	}
	var list []T
	holders := make([]any, len(columns))
	cells := make([]cell, len(columns))
	for i := range holders {
		holders[i] = &cells[i]
	}
	for rows.Next() {
		var one T
		into := reflect.ValueOf(&one).Elem()
		for i := range cells {
			cells[i].into = into
			if fields != nil {
				cells[i].into = into.FieldByIndex(fields[i])
			}
		}
		if err := rows.Scan(holders...); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, rows.Err()
}

type fieldKey struct {
	t       reflect.Type
	columns string
}

var fieldCache sync.Map // fieldKey -> [][]int

// fieldsOf maps columns to struct fields; nil for a single value.
func fieldsOf(t reflect.Type, columns []string) ([][]int, error) {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		if len(columns) != 1 {
			return nil, fmt.Errorf("sqldb: %d columns for one %s", len(columns), t)
		}
		return nil, nil
	}
	key := fieldKey{t, strings.Join(columns, ",")}
	if f, ok := fieldCache.Load(key); ok {
		return f.([][]int), nil
	}
	byName := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("db"); name != "" {
			byName[name] = f.Index
		}
	}
	fields := make([][]int, len(columns))
	for i, name := range columns {
		index, ok := byName[name]
		if !ok {
			return nil, fmt.Errorf("sqldb: %s has no field for the column %q", t, name)
		}
		fields[i] = index
	}
	fieldCache.Store(key, fields)
	return fields, nil
}

// cell puts one column into one Go value. It is the inverse of toColumn.
type cell struct{ into reflect.Value }

// Scan implements sql.Scanner.
func (c *cell) Scan(src any) error {
	if scanner, ok := c.into.Addr().Interface().(sql.Scanner); ok {
		return scanner.Scan(src)
	}
	if src == nil {
		c.into.SetZero()
		return nil
	}
	switch v := src.(type) {
	case int64:
		return c.integer(v)
	case bool:
		if c.into.Kind() == reflect.Bool {
			c.into.SetBool(v)
			return nil
		}
	case string:
		return c.text(v)
	case []byte:
		return c.text(string(v))
	case float64:
		if c.into.CanFloat() {
			c.into.SetFloat(v)
			return nil
		}
	}
	return fmt.Errorf("sqldb: cannot read %T into %s", src, c.into.Type())
}

func (c *cell) integer(v int64) error {
	switch {
	case c.into.Type() == reflect.TypeFor[time.Time]():
		c.into.Set(reflect.ValueOf(time.UnixMilli(v).UTC()))
	case c.into.CanInt():
		c.into.SetInt(v)
	case c.into.Kind() == reflect.Bool:
		c.into.SetBool(v != 0)
	default:
		return fmt.Errorf("sqldb: cannot read an integer into %s", c.into.Type())
	}
	return nil
}

func (c *cell) text(v string) error {
	switch {
	case c.into.Kind() == reflect.String:
		c.into.SetString(v)
	case c.into.Kind() == reflect.Slice && c.into.Type().Elem().Kind() == reflect.Uint8:
		c.into.SetBytes([]byte(v))
	default:
		return fmt.Errorf("sqldb: cannot read text into %s", c.into.Type())
	}
	return nil
}
