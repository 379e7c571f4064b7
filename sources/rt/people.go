package rt

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
)

// personFor is how long it is good what somebody is.
const personFor = 24 * time.Hour

// person is somebody who writes or works on tickets.
type person struct {
	agent bool
	asked time.Time // until when the poll went that asked
}

// role returns who somebody is to the desk: those who work on it are privileged.
func (s *Source) role(ctx context.Context, who ref, until time.Time) (desk.Role, error) {
	switch {
	case who.ID == "":
		return desk.RoleUnknown, nil
	case slices.Contains([]string{"RT_System", "Nobody"}, who.login()):
		return desk.RoleAuto, nil
	}
	p, known := s.people[string(who.ID)]
	if !known || until.Sub(p.asked) >= personFor {
		if !s.gates.open(capabilityUsers, until) {
			s.unsure = string(who.ID)
			return desk.RoleUnknown, nil
		}
		agent, err := s.isPrivileged(ctx, string(who.ID))
		if errors.Is(err, errUnprivileged) {
			s.gates.close(capabilityUsers, errUnprivileged.Error(), until)
			s.unsure = string(who.ID)
			return desk.RoleUnknown, nil
		}
		if err != nil {
			return desk.RoleUnknown, err
		}
		p = person{agent: agent, asked: until}
		s.people[string(who.ID)] = p
	}
	if p.agent {
		return desk.RoleAgent, nil
	}
	return desk.RoleCustomer, nil
}

// errUnprivileged keeps the adapter from taking agents for customers.
var errUnprivileged = errors.New("the desk does not say who is an agent, so no answer is known: make the exporter's user privileged, in RT's words let it be granted rights")

// isPrivileged asks the desk about a user. Those whom it does not know are
// customers; but if it has known nobody yet, something is wrong.
func (s *Source) isPrivileged(ctx context.Context, id string) (bool, error) {
	var user struct{ Privileged text }
	err := s.client.Do(ctx, api.Request{Path: "/user/" + id, As: "/user/NAME"}, &user)
	switch {
	case api.StatusOf(err) == http.StatusNotFound:
		if !s.knowsUsers {
			s.gates.set(capabilityUsers, false, "the desk knows none of its users, so all are taken for customers: is url that of Request Tracker 5?")
		}
		return false, nil
	case api.Gated(err):
		return false, errUnprivileged
	case err != nil:
		return false, err
	}
	s.knowsUsers = true
	s.gates.set(capabilityUsers, true, "")
	return user.Privileged == "1" || user.Privileged == "true", nil
}
