package service

import "roster/internal/op"

// InForce is the step of whoever needs to know what the organization may use: the
// services to which it is subscribed today, by name. They come without their
// permissions: those are in the catalogue of package role.
func InForce(t *op.Tx) ([]Service, error) { return inForce(t, dayOf(t.Now())) }
