package intercom

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// call is what is read of a phone call.
type call struct {
	ID             ident `json:"id"`
	ConversationID ident `json:"conversation_id"`
	AdminID        ident `json:"admin_id"`
	ContactID      ident `json:"contact_id"`
	State          word  `json:"state"`
	Direction      word  `json:"direction"`
	EndedReason    word  `json:"ended_reason"`
	InitiatedAt    stamp `json:"initiated_at"`
	AnsweredAt     stamp `json:"answered_at"`
	EndedAt        stamp `json:"ended_at"`
	CreatedAt      stamp `json:"created_at"`
	UpdatedAt      stamp `json:"updated_at"`
}

// callPage is the most that a page of calls holds.
const callPage = 25

// calls reads the calls that began since they were read last, and those that
// were under way then.
func (s *Source) calls(ctx context.Context, c *cursor, page *desk.Page) (bool, error) {
	t := &c.Calls
	return s.list(ctx, c.Round, listing{
		path: "/calls", gate: gateCalls, size: callPage, tail: t,
		take: func(raw json.RawMessage) (time.Time, bool) {
			v, err := callOf(raw)
			if err != nil {
				// Nothing orders what has no time: it is told once and forgotten with
				// the calls around it.
				if h := headOf(raw, t.newest(&c.Round.Place).Unix()); !t.old(h) {
					page.Rejects = append(page.Rejects, rejected("call "+h.id, raw, err))
				}
				return time.Time{}, false
			}
			if v.underWay() {
				return v.InitiatedAt.Time, true
			}
			h := head{id: string(v.ID), changed: v.changed()}
			if v.InitiatedAt.Before(t.Floor) || t.old(h) {
				return v.InitiatedAt.Time, false
			}
			page.Records = append(page.Records, desk.Record{ID: string(v.ID), Body: v.translate()})
			return v.InitiatedAt.Time, false
		},
	})
}

// newest returns the newest instant that a reading of the list has come across.
func (t *tail) newest(p *place) time.Time {
	if p.Newest.IsZero() {
		return t.Floor
	}
	return p.Newest
}

// old notes an item and reports whether it was known.
func (t *tail) old(h head) bool {
	if h.in(t.Seen) {
		return true
	}
	t.Seen.Add(h.id, h.changed)
	return false
}

// callOf reads a call.
func callOf(raw json.RawMessage) (*call, error) {
	v := &call{}
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, err
	}
	if v.InitiatedAt.IsZero() {
		v.InitiatedAt = v.CreatedAt
	}
	switch {
	case v.ID == "":
		return nil, fmt.Errorf("%w id", errMissing)
	case v.InitiatedAt.IsZero():
		return nil, fmt.Errorf("%w initiated_at", errMissing)
	}
	return v, nil
}

// changed returns the last change that the call tells of.
func (v *call) changed() time.Time {
	at := v.InitiatedAt.Time
	for _, later := range []time.Time{v.EndedAt.Time, v.UpdatedAt.Time} {
		if later.After(at) {
			at = later
		}
	}
	return at
}

// underWay reports whether a call is not over yet.
func (v *call) underWay() bool {
	switch v.State {
	case "completed", "ended", "missed", "abandoned", "failed", "voicemail", "declined", "cancelled", "canceled", "busy", "no_answer":
		return false
	default:
		return v.EndedAt.IsZero() && v.EndedReason == ""
	}
}

func (v *call) translate() *desk.Call {
	c := &desk.Call{
		ArrivedAt: v.InitiatedAt.Time, AnsweredAt: v.AnsweredAt.Time, EndedAt: v.EndedAt.Time,
		Channel: "phone", Agent: string(v.AdminID), Ticket: string(v.ConversationID), Customer: string(v.ContactID),
	}
	c.Direction, _ = desk.ParseDirection(string(v.Direction))
	c.Outcome = v.outcome(c.Direction)
	if !c.AnsweredAt.IsZero() {
		c.Wait = between(c.ArrivedAt, c.AnsweredAt)
		c.Talk = between(c.AnsweredAt, c.EndedAt)
	}
	return c
}

// between returns how long something took, nothing where an end is missing or
// comes before the beginning.
func between(from, to time.Time) desk.Opt[time.Duration] {
	if from.IsZero() || to.Before(from) {
		return desk.Opt[time.Duration]{}
	}
	return desk.Some(to.Sub(from))
}

// outcome tells how a call ended. Intercom documents no list of its reasons, so
// they are taken by the words in them.
func (v *call) outcome(direction desk.Direction) desk.Outcome {
	reason := strings.ToLower(string(v.EndedReason + " " + v.State))
	has := func(part string) bool { return strings.Contains(reason, part) }
	switch {
	case has("voicemail"):
		return desk.OutcomeVoicemail
	case !v.AnsweredAt.IsZero():
		return desk.OutcomeAnswered
	case has("callback"):
		return desk.OutcomeCallback
	case has("fail"), has("error"):
		return desk.OutcomeFailed
	case direction == desk.DirectionInbound:
		return desk.OutcomeAbandoned
	default:
		return desk.OutcomeUnknown
	}
}
