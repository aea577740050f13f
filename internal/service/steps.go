package service

import "roster/internal/op"

// InForce is the step of whoever needs to know what the organization may use: the
// services to which it is subscribed today, by name. They come without their
// permissions: see Catalogue.
func InForce(t *op.Tx) ([]Service, error) { return inForce(t, dayOf(t.Now())) }

// Catalogue is the step of whoever gives permissions or shows them: those of all
// services to which the organization has ever subscribed, each with its service.
// What was given while a subscription ran keeps its name after it. A subscription
// that was withdrawn does not count.
func Catalogue(t *op.Tx) ([]Permission, error) { return catalogue(t) }
