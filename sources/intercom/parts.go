package intercom

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// part is what is read of one entry of a conversation. Its text is not.
type part struct {
	Type      word   `json:"part_type"`
	CreatedAt stamp  `json:"created_at"`
	Author    author `json:"author"`
	Body      filled `json:"body"`
}

// mostParts is how many parts of a conversation Intercom gives, the last ones.
const mostParts = 500

// thread is the parts of a conversation that are known, the oldest first.
type thread struct {
	parts    []part
	complete bool // none is missing
}

// thread reads a conversation by itself: as it is now, with its parts.
func (b *batch) thread(v *conversation) (*conversation, *thread, error) {
	var raw json.RawMessage
	path := "/conversations/" + url.PathEscape(string(v.ID))
	if err := b.client.Get(b.ctx, path, nil, &raw); err != nil {
		return nil, nil, err
	}
	var told struct {
		ID    ident `json:"id"`
		Parts struct {
			Parts      []json.RawMessage `json:"conversation_parts"`
			TotalCount number            `json:"total_count"`
		} `json:"conversation_parts"`
	}
	if err := json.Unmarshal(raw, &told); err != nil || told.ID != v.ID {
		return nil, nil, &sources.Error{Reason: sources.ReasonBadAnswer, Err: errors.New("/conversations/{id}: the answer is not that conversation")}
	}
	n, total := len(told.Parts.Parts), told.Parts.TotalCount.count()
	t := &thread{complete: total.Set && n >= total.Value || !total.Set && n < mostParts}
	for i, raw := range told.Parts.Parts {
		var p part
		if err := json.Unmarshal(raw, &p); err != nil {
			b.page.Rejects = append(b.page.Rejects, rejected(fmt.Sprintf("conversation %s, part %d", v.ID, i+1), raw, err))
			t.complete = false
			continue
		}
		t.parts = append(t.parts, p)
	}
	slices.SortStableFunc(t.parts, func(x, y part) int { return x.CreatedAt.Compare(y.CreatedAt.Time) })
	if whole, err := conversationOf(raw); err == nil {
		v = whole
	}
	return v, t, nil
}

func isBadAnswer(err error) bool {
	var failed *sources.Error
	return errors.As(err, &failed) && failed.Reason == sources.ReasonBadAnswer
}

// message returns what a part says, false where it is no message.
func (p *part) message() (desk.Message, bool) {
	role := p.Author.role()
	switch {
	case role == desk.RoleUnknown, p.CreatedAt.IsZero():
		return desk.Message{}, false
	case notes[p.Type]:
		return desk.Message{At: p.CreatedAt.Time, Author: role}, true
	case messages[p.Type], mayCarry[p.Type] && bool(p.Body):
		return desk.Message{At: p.CreatedAt.Time, Author: role, Public: true}, true
	default:
		return desk.Message{}, false
	}
}

// messages returns what was said in a conversation, from the message it began
// with on.
func (t *thread) messages(v *conversation) []desk.Message {
	var all []desk.Message
	first := cmp.Or(v.Source.Author.role(), v.Source.began())
	if first != desk.RoleUnknown {
		all = append(all, desk.Message{At: v.CreatedAt.Time, Author: first, Public: true})
	}
	for i := range t.parts {
		if m, ok := t.parts[i].message(); ok {
			all = append(all, m)
		}
	}
	return all
}

// statusChanges returns when a conversation was closed and opened again, nil
// where that cannot be known for certain: the oldest parts are missing, or what
// the parts tell does not end where the conversation is. A customer's message
// opens a closed conversation, unless the workspace is set up otherwise; that
// reading holds which agrees with what Intercom itself counts.
func (t *thread) statusChanges(v *conversation) []desk.StatusChange {
	if !t.complete {
		return nil
	}
	var fitting []desk.StatusChange
	for _, messagesOpen := range []bool{true, false} {
		changes, state, reopens := t.follow(v, messagesOpen)
		if state != v.State {
			continue
		}
		if counted := v.Statistics.CountReopens.count(); counted.Set && counted.Value == reopens {
			return changes
		}
		if fitting == nil {
			fitting = changes
		}
	}
	return fitting
}

// follow goes through the parts from the creation on and returns where they end.
func (t *thread) follow(v *conversation, messagesOpen bool) (changes []desk.StatusChange, state word, reopens int) {
	enter := func(at time.Time, next word, waiting bool) {
		if state == stateClosed && next != stateClosed {
			reopens++
		}
		state = next
		changes = append(changes, desk.StatusChange{At: at, Status: statusOf(next, waiting)})
	}
	enter(v.CreatedAt.Time, stateOpen, false)
	waiting := v.Source.began() == desk.RoleCustomer
	for i := range t.parts {
		p := &t.parts[i]
		m, said := p.message()
		if said && m.Public && m.Author != desk.RoleBot {
			waiting = m.Author == desk.RoleCustomer
		}
		next := turns[p.Type]
		if next == "" && messagesOpen && said && m.Public && m.Author == desk.RoleCustomer {
			next = stateOpen
		}
		if next != "" && next != state && !p.CreatedAt.IsZero() {
			enter(p.CreatedAt.Time, next, waiting)
		}
	}
	return changes, state, reopens
}

// missed returns when the desk says that an SLA was broken first.
func (t *thread) missed() time.Time {
	if t == nil {
		return time.Time{}
	}
	for _, p := range t.parts {
		if p.Type == targetMissed {
			return p.CreatedAt.Time
		}
	}
	return time.Time{}
}
