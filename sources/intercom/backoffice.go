package intercom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
)

// backTicket is what is read of a ticket that is no conversation.
type backTicket struct {
	ID              ident       `json:"id"`
	Category        word        `json:"category"`
	CreatedAt       stamp       `json:"created_at"`
	UpdatedAt       stamp       `json:"updated_at"`
	Open            flag        `json:"open"`
	State           ticketState `json:"ticket_state"`
	AdminAssigneeID ident       `json:"admin_assignee_id"`
	TeamAssigneeID  ident       `json:"team_assignee_id"`
	Contacts        contacts    `json:"contacts"`

	Attributes map[string]json.RawMessage `json:"ticket_attributes"`
}

// ticketState is the category of a ticket's state: by itself in older versions
// of the API, within the state in newer ones.
type ticketState string

// UnmarshalJSON implements [json.Unmarshaler].
func (s *ticketState) UnmarshalJSON(data []byte) error {
	if text, ok := plain(data); ok {
		*s = ticketState(text)
		return nil
	}
	var state struct {
		Category word `json:"category"`
	}
	err := json.Unmarshal(data, &state)
	*s = ticketState(state.Category)
	return err
}

// changedTickets reads the tickets that changed since they were read last.
func (s *Source) changedTickets(ctx context.Context, c *cursor, page *desk.Page) (bool, error) {
	if s.gates.shut(gateTickets, c.Round.Target) {
		return true, nil
	}
	b := s.batch(ctx, c, page)
	done, err := s.ticketsGate(c)(s.run(ctx, s.after(c, &c.Tickets, searchTickets, b.takeTicket)))
	if s.gates.shut(gateTickets, c.Round.Target) {
		return done, err
	}
	c.Tickets.prune(&c.Round.Place)
	return done, err
}

// openTickets reads the tickets that are open: at the first sync those that have
// not changed since it begins, later all of them.
func (s *Source) openTickets(ctx context.Context, c *cursor, page *desk.Page) (bool, error) {
	r := c.Round
	if s.gates.shut(gateTickets, r.Target) {
		return true, nil
	}
	w := &sweep{path: searchTickets, only: []filter{where("open", "=", true)}, place: &r.Place, before: r.Target.Unix() + 1}
	w.take = once(&r.Place, s.batch(ctx, c, page).takeTicket)
	done, err := s.ticketsGate(c)(s.run(ctx, w))
	if done && !s.gates.shut(gateTickets, r.Target) {
		c.OwesTickets = false
	}
	return done, err
}

// ticketsGate shuts the gate of the tickets where a search for them was refused
// or failed. One that was too much is tried with smaller pages the next time.
func (s *Source) ticketsGate(c *cursor) func(bool, error) (bool, error) {
	return func(done bool, err error) (bool, error) {
		switch {
		case passable(err):
			s.keepSize = api.TooMuch(err)
			s.gates.close(gateTickets, c.Round.Target, err)
			return true, nil
		case err == nil:
			s.gates.open(gateTickets)
		}
		return done, err
	}
}

// takeTicket takes a ticket into the page. Tickets of customers are conversations
// and come as such.
func (b *batch) takeTicket(h head, raw json.RawMessage) (bool, error) {
	v, err := backTicketOf(raw)
	if errors.Is(err, errConversation) {
		return true, nil
	}
	if err != nil {
		b.page.Rejects = append(b.page.Rejects, rejected("ticket "+h.id, raw, err))
		return true, nil
	}
	team, err := b.teams.name(b.ctx, b.Source, string(v.TeamAssigneeID), b.until)
	if err != nil {
		return false, err
	}
	ticket := &desk.Ticket{
		CreatedAt: v.CreatedAt.Time, UpdatedAt: v.UpdatedAt.Time, Status: v.status(),
		Agent: string(v.AdminAssigneeID), Team: team,
	}
	for _, c := range v.Contacts.Contacts {
		ticket.Requester = string(c.ID)
		break
	}
	ticket.Topic, ticket.Attrs = b.attributes(v.Attributes)
	b.page.Records = append(b.page.Records, desk.Record{ID: string(v.ID), Body: ticket})
	return true, nil
}

// errConversation marks a ticket that is a conversation as well.
var errConversation = errors.New("is a conversation")

func backTicketOf(raw json.RawMessage) (*backTicket, error) {
	v := &backTicket{}
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, err
	}
	_, known := ticketStates[word(v.State)]
	switch {
	case strings.EqualFold(string(v.Category), "customer"):
		return nil, errConversation
	case v.ID == "":
		return nil, fmt.Errorf("%w id", errMissing)
	case v.CreatedAt.IsZero():
		return nil, fmt.Errorf("%w created_at", errMissing)
	case !known && !v.Open.Set:
		return nil, fmt.Errorf("%w ticket_state", errWord)
	}
	return v, nil
}

// status goes by the state's category; a ticket that was closed without being
// resolved is closed all the same.
func (v *backTicket) status() desk.Status {
	status, known := ticketStates[word(v.State)]
	switch {
	case v.Open.Set && !v.Open.Value && !status.Finished():
		return desk.StatusClosed
	case !known:
		return desk.StatusOpen
	default:
		return status
	}
}
