package rt

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
)

// atOnce is of how many tickets the history is read together.
const atOnce = 20

// past is all that happened to a ticket.
type past struct {
	createdAt time.Time
	createdBy desk.Role
	events    desk.TicketEvents
	answered  map[string]time.Time // when each custom field was filled in, by its id
}

// into puts a past into a ticket.
func (p *past) into(t *desk.Ticket) {
	if p == nil {
		return
	}
	t.Messages, t.StatusChanges = p.events.Messages, p.events.StatusChanges
	if !p.createdAt.IsZero() {
		t.CreatedAt, t.CreatedBy = p.createdAt, p.createdBy
	}
}

// histories reads all that happened to some tickets, however long ago.
func (s *Source) histories(ctx context.Context, page *desk.Page, ids []string, until time.Time) (map[string]*past, error) {
	pasts := map[string]*past{}
	for some := range slices.Chunk(ids, atOnce) {
		items, err := s.together(ctx, some)
		if s.byTicket {
			items, err = s.oneByOne(ctx, some)
		}
		if err != nil {
			return nil, err
		}
		for _, raw := range items {
			if err := s.remember(ctx, page, pasts, raw, until); err != nil {
				return nil, err
			}
		}
	}
	return pasts, nil
}

// remember takes one transaction into the past of its ticket.
func (s *Source) remember(ctx context.Context, page *desk.Page, pasts map[string]*past, raw json.RawMessage, until time.Time) error {
	t, err := decodeTransaction(raw)
	if err != nil {
		page.Rejects = append(page.Rejects, rejected(where("transaction", idOf(raw)), raw, err))
		return nil
	}
	p := pasts[string(t.ObjectID)]
	if p == nil {
		p = &past{answered: map[string]time.Time{}}
		pasts[string(t.ObjectID)] = p
	}
	if err := s.tell(ctx, t, &p.events, until); err != nil {
		return err
	}
	switch {
	case t.Type == typeCreate:
		p.createdAt = t.Created.Time
		p.createdBy, err = s.creator(ctx, t.Creator, until)
	case t.Type == typeCustomField && t.OldValue == "":
		p.answered[string(t.Field)] = t.Created.Time
	}
	return err
}

// together reads the transactions of several tickets. Some desks do not find
// them by their tickets: that is noted.
func (s *Source) together(ctx context.Context, ids []string) ([]json.RawMessage, error) {
	if s.byTicket {
		return nil, nil
	}
	var all []json.RawMessage
	var any []string
	for _, id := range ids {
		any = append(any, "ObjectId = "+quoted(id))
	}
	for after := int64(0); ; after = lastID(all) {
		condition := fmt.Sprintf("%s AND id > %d AND (%s)", ofTickets, after, strings.Join(any, " OR "))
		a, err := s.ask(ctx, transactionsPath, s.transactionsQuery(condition, perPage))
		if unsupported(err) {
			s.byTicket = true
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if ofOthers(*a.Items, ids) {
			s.byTicket = true
			return nil, nil
		}
		all = append(all, *a.Items...)
		if lastID(all) == after {
			return all, nil
		}
	}
}

// ofOthers reports whether any of some transactions is of another ticket.
func ofOthers(items []json.RawMessage, ids []string) bool {
	return slices.ContainsFunc(items, func(raw json.RawMessage) bool {
		t, err := decodeTransaction(raw)
		return err == nil && !slices.Contains(ids, string(t.ObjectID))
	})
}

// oneByOne reads the transactions of tickets each by itself. The history of a
// ticket holds that of those merged into it, which have their own.
func (s *Source) oneByOne(ctx context.Context, ids []string) ([]json.RawMessage, error) {
	var all []json.RawMessage
	for _, id := range ids {
		seen := map[string]bool{}
		for page := 1; ; page++ {
			query := paged(logFields, page)
			query.Set("fields[Creator]", "id,Name")
			a, err := s.ask(ctx, "/ticket/"+id+"/history", query)
			if api.Gated(err) {
				break // it is not to be seen any more
			}
			if err != nil {
				return nil, err
			}
			before := len(seen)
			for _, raw := range *a.Items {
				key := idOf(raw)
				if t, err := decodeTransaction(raw); seen[key] || err == nil && string(t.ObjectID) != id {
					seen[key] = true
					continue
				}
				seen[key] = true
				all = append(all, raw)
			}
			// Behind the last page, some versions show it again, others nothing.
			if len(seen) == before {
				break
			}
		}
	}
	return all, nil
}
