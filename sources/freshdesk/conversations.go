package freshdesk

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
)

// entry is one of the entries of a ticket's conversation, without its text.
type entry struct {
	ID        word    `json:"id"`
	Incoming  flag    `json:"incoming"`
	Private   flag    `json:"private"`
	Source    word    `json:"source"`
	CreatedAt instant `json:"created_at"`
}

// The sources of entries that are no part of what is said to each other: what a
// customer wrote to a rating, and what was sent on to others.
const (
	entryFromSurvey = "6"
	entryForwarded  = "8"
)

// addMessages adds what was said on a ticket, where it is wanted and not known
// already.
func (f *fetching) addMessages(ctx context.Context, t *ticket, body *desk.Ticket) error {
	switch {
	case f.config.Conversations == ConversationsNone || body.Status.Withdrawn() || t.Deleted.yes:
		return nil
	case t.Stats != nil && t.Stats.lastWord().IsZero():
		body.Messages = []desk.Message{t.opening(body)}
		return nil
	case !f.wanted(t, body) || !f.gates.open(capConversations, f.now):
		return nil
	}
	said, err := f.conversation(ctx, t, body)
	passed, err := f.passTicket(ctx, capConversations, t, err)
	if passed {
		body.Messages = said
	}
	return err
}

// mostFailures is how often in a row an endpoint may fail that tells something
// of one ticket, before it is the endpoint that fails, and not the tickets: one
// may be deleted since, or the desk stumble over it.
const mostFailures = 5

// passTicket notes how an endpoint answered that tells something of one ticket,
// and reports whether it did.
func (f *fetching) passTicket(ctx context.Context, capability string, t *ticket, err error) (bool, error) {
	missing := api.StatusOf(err) == http.StatusNotFound
	ofTicket := missing || capability == capConversations && api.StatusOf(err) != http.StatusPaymentRequired
	if err == nil || stops(err) || !ofTicket {
		f.failures[capability] = 0
		return f.passPart(ctx, capability, err, f.now)
	}
	if down := f.down(ctx, err); down != nil {
		return false, down
	}
	if !missing {
		f.reject(row{id: string(t.ID), at: t.UpdatedAt.Time}, "conversations of ticket", desk.ReasonMalformed,
			"they cannot be read and are left out until the ticket changes: "+err.Error())
	}
	if f.failures[capability]++; f.failures[capability] >= mostFailures {
		f.failures[capability] = 0
		f.gates.shut(capability, err, f.now)
	}
	return false, nil
}

// wanted reports whether the messages of a ticket are to be read: somebody wrote
// since the last round or, at the first sync, it is unfinished.
func (f *fetching) wanted(t *ticket, body *desk.Ticket) bool {
	if f.first() && (f.config.Conversations == ConversationsAll || unfinished(body.Status)) {
		return true
	}
	known := f.Place.From // up to here, all was read
	if f.first() {
		known = f.Target
	}
	return t.Stats == nil && !f.first() || t.Stats != nil && !t.Stats.lastWord().Before(known.Add(-overlap))
}

// opening is the message that a ticket began with. It is no part of the
// conversation.
func (t *ticket) opening(body *desk.Ticket) desk.Message {
	author := desk.RoleCustomer
	if body.CreatedBy == desk.RoleAgent {
		author = desk.RoleAgent
	}
	return desk.Message{At: t.CreatedAt.Time, Author: author, Public: true}
}

// conversation returns all that was said on a ticket.
func (f *fetching) conversation(ctx context.Context, t *ticket, body *desk.Ticket) ([]desk.Message, error) {
	var all []desk.Message
	opening := t.opening(body)
	repeated := false // chats have their opening among the entries
	entries, err := f.entries(ctx, t, "/conversations")
	if err != nil {
		return nil, err
	}
	for _, raw := range entries {
		m, ok := f.message(t, raw)
		if ok {
			all = append(all, m)
			repeated = repeated || m.Author == opening.Author && m.Public && m.At.Equal(opening.At)
		}
	}
	if !repeated {
		all = append([]desk.Message{opening}, all...)
	}
	return all, nil
}

// message reads an entry of a conversation, and rejects it where that cannot be
// done.
func (f *fetching) message(t *ticket, raw json.RawMessage) (desk.Message, bool) {
	var e entry
	err := json.Unmarshal(raw, &e)
	r := row{id: string(t.ID), at: t.UpdatedAt.Time, raw: raw}
	switch {
	case err != nil:
		f.reject(r, "conversation of ticket", desk.ReasonMalformed, "a field of an entry is not of its type: compare it with the desk's documentation of its API")
		return desk.Message{}, false
	case e.CreatedAt.IsZero():
		f.reject(r, "conversation of ticket", desk.ReasonMissingField, "created_at of an entry is missing")
		return desk.Message{}, false
	}
	m := desk.Message{ID: string(e.ID), At: e.CreatedAt.Time, Author: desk.RoleAgent, Public: !e.Private.yes}
	if e.Incoming.yes {
		m.Author = desk.RoleCustomer
	}
	if e.Source == entryFromSurvey || e.Source == entryForwarded && !e.Incoming.yes {
		m.Public = false
	}
	return m, true
}

// entries asks for all of something that a ticket has. A page that begins as the
// one before is no further one: the desk knows no pages.
func (f *fetching) entries(ctx context.Context, t *ticket, path string) ([]json.RawMessage, error) {
	var all, before []json.RawMessage
	for number := 1; ; number++ {
		query := url.Values{"per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(number)}}
		page, err := f.list(ctx, "/tickets/"+string(t.ID)+path, query)
		switch {
		case err != nil:
			return nil, err
		case len(page) == 0, number > 1 && bytes.Equal(page[0], before[0]):
			return all, nil
		}
		all, before = append(all, page...), page
		f.longestEntries = max(f.longestEntries, len(page))
		if 2*len(page) <= f.longestEntries {
			return all, nil // this desk's pages are longer
		}
	}
}
