package intercom

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
)

// youth is how old a conversation may be that has nothing of long ago to tell:
// records are kept for longer.
const youth = 7 * 24 * time.Hour

// changed reads the conversations that changed since they were read last.
func (s *Source) changed(ctx context.Context, c *cursor, page *desk.Page) (bool, error) {
	r, b := c.Round, s.batch(ctx, c, page)
	parts := func(v *conversation) bool {
		// What is not settled the next round reads again, and that is soon enough
		// for a young one. An old one may be told of for the first time: then its
		// messages must come with it, or those of long ago come later, as news.
		settled := !v.UpdatedAt.After(r.Target)
		young := v.CreatedAt.After(r.Target.Add(-youth))
		return (settled || !young) && (!r.First || s.config.Parts == PartsAll || v.State != stateClosed)
	}
	done, err := s.run(ctx, s.after(c, &c.Conversations, searchConversations, b.taking(parts)))
	c.Conversations.prune(&r.Place)
	page.Reached = reached(min(r.Place.At, r.Target.Unix()))
	return done, err
}

// unfinished reads conversations that are not closed: at the first sync those
// that have not changed since it begins, later all of them.
func (s *Source) unfinished(ctx context.Context, c *cursor, page *desk.Page, only filter) (bool, error) {
	r, b := c.Round, s.batch(ctx, c, page)
	w := &sweep{path: searchConversations, only: []filter{only}, place: &r.Place, before: r.Target.Unix() + 1}
	if r.First {
		w.before = s.from(r).Unix()
	}
	take := b.taking(func(*conversation) bool { return r.First })
	if only.Field == "state" {
		take = unlessOpen(take)
	}
	w.take = once(&r.Place, take)
	done, err := s.run(ctx, w)
	if r.First {
		page.Reached = reached(r.Place.At)
	}
	if code := api.StatusOf(err); only.Field == "state" && (code == http.StatusBadRequest || code == http.StatusUnprocessableEntity) {
		s.logger.Warn("Intercom does not search for snoozed conversations: those that have not changed for long are missing", "err", err)
		return true, nil
	}
	return done, err
}

// reached returns the second that a sweep has come to, zero where it has come
// across nothing yet.
func reached(second int64) time.Time {
	if second <= 0 {
		return time.Time{}
	}
	return time.Unix(second, 0).UTC()
}

// unlessOpen leaves out what the search for open conversations has brought: most
// that are snoozed are open too.
func unlessOpen(take func(head, json.RawMessage) (bool, error)) func(head, json.RawMessage) (bool, error) {
	return func(h head, raw json.RawMessage) (bool, error) {
		if v, err := conversationOf(raw); err == nil && v.Open.Value {
			return true, nil
		}
		return take(h, raw)
	}
}

// again reads the conversations of the last day once more, for the search may
// have shown some of them later than the overlap allows for.
func (s *Source) again(ctx context.Context, c *cursor, page *desk.Page) (bool, error) {
	r, b := c.Round, s.batch(ctx, c, page)
	if p := &r.Place; !p.Begun {
		p.Begun, p.At = true, c.Conversations.Newest-int64((rescanEvery+2*time.Hour)/time.Second)
	}
	return s.run(ctx, &sweep{
		path: searchConversations, place: &r.Place, before: c.Conversations.Newest - int64(overlap/time.Second),
		take: once(&r.Place, b.taking(func(*conversation) bool { return false })),
	})
}

// partsAtOnce bounds the conversations that one page reads one by one.
const partsAtOnce = 20

// batch is a page of conversations being translated.
type batch struct {
	*Source
	ctx   context.Context
	page  *desk.Page
	until time.Time
	left  int // how many may still be read one by one
}

func (s *Source) batch(ctx context.Context, c *cursor, page *desk.Page) *batch {
	return &batch{Source: s, ctx: ctx, page: page, until: c.Round.Target, left: partsAtOnce}
}

// taking returns what takes a conversation into the page, with its parts where
// they are wanted and can be had.
func (b *batch) taking(parts func(*conversation) bool) func(head, json.RawMessage) (bool, error) {
	return func(h head, raw json.RawMessage) (bool, error) {
		v, err := conversationOf(raw)
		if err != nil {
			b.page.Rejects = append(b.page.Rejects, rejected("conversation "+h.id, raw, err))
			return true, nil
		}
		if b.config.Parts == PartsNone || !parts(v) || b.gates.shut(gateParts, b.until) {
			return true, b.add(v, nil)
		}
		if b.left == 0 {
			return false, nil
		}
		b.left--
		return true, b.addWithParts(v, raw)
	}
}

// add takes in a conversation and the rating in it.
func (b *batch) add(v *conversation, t *thread) error {
	team, err := b.teams.name(b.ctx, b.Source, string(v.TeamAssigneeID), b.until)
	if err != nil {
		return err
	}
	ticket := b.ticket(v, t)
	ticket.Team = team
	b.page.Records = append(b.page.Records, desk.Record{ID: string(v.ID), Body: ticket})
	b.page.Records = append(b.page.Records, b.ratings(v, ticket)...)
	return nil
}

// addWithParts takes in a conversation as it is read by itself, with its parts.
// One that the search still shows and that is not there any more was deleted.
func (b *batch) addWithParts(v *conversation, raw json.RawMessage) error {
	whole, t, err := b.thread(v)
	switch {
	case err == nil:
		b.gates.open(gateParts)
		delete(b.refused, string(v.ID))
		clear(b.denied)
		return b.add(whole, t)
	case api.StatusOf(err) == http.StatusNotFound && b.gates.proven(gateParts):
		gone := &desk.Ticket{CreatedAt: v.CreatedAt.Time, UpdatedAt: v.UpdatedAt.Time, Status: desk.StatusDeleted}
		b.page.Records = append(b.page.Records, desk.Record{ID: string(v.ID), Deleted: true, Body: gone})
		return nil
	case api.Gated(err):
		b.deny(v, err)
		return b.add(v, nil)
	case stubborn(err) && b.refused[string(v.ID)]:
		delete(b.refused, string(v.ID))
		b.page.Rejects = append(b.page.Rejects, desk.Reject{
			Where: "conversation " + string(v.ID), Reason: desk.ReasonMalformed,
			Detail: "its parts cannot be read, so its messages are missing: " + err.Error(), Raw: string(raw),
		})
		return b.add(v, nil)
	case stubborn(err):
		b.refused[string(v.ID)] = true
	}
	return err
}

// deniedMost is how many conversations in a row must be kept from us until it is
// taken for a right that is missing altogether.
const deniedMost = 5

// deny notes that the parts of a conversation are kept from us. That the plan has
// none is the same for all.
func (b *batch) deny(v *conversation, err error) {
	b.denied[string(v.ID)] = true
	if len(b.denied) >= deniedMost || api.StatusOf(err) == http.StatusPaymentRequired {
		clear(b.denied)
		b.gates.close(gateParts, b.until, err)
		return
	}
	b.logger.Warn("Intercom keeps a conversation's messages from us", "id", string(v.ID), "err", err)
}

// stubborn reports whether a request failed in a way that may be the
// conversation's own: such a one must not keep back all that come behind it.
func stubborn(err error) bool {
	return api.TooMuch(err) || isBadAnswer(err)
}
