package zendesk

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"helpdesk_exporter/desk"
)

const (
	callsPath = "/channels/voice/stats/incremental/calls"
	legsPath  = "/channels/voice/stats/incremental/legs"
)

// call is one phone call, its times in seconds. Its phone numbers are not read.
type call struct {
	ID        ident  `json:"id"`
	CreatedAt stamp  `json:"created_at"`
	UpdatedAt stamp  `json:"updated_at"`
	Agent     ident  `json:"agent_id"`
	Customer  ident  `json:"customer_id"`
	Group     ident  `json:"call_group_id"`
	Ticket    ident  `json:"ticket_id"`
	Direction word   `json:"direction"`
	Status    word   `json:"completion_status"`
	Duration  number `json:"duration"`
	Talk      number `json:"talk_time"`
	Hold      number `json:"hold_time"`
	WrapUp    number `json:"wrap_up_time"`
	Wait      number `json:"wait_time"`
	ToAnswer  number `json:"time_to_answer"`
	InMenu    number `json:"ivr_time_spent"`
	Voicemail flag   `json:"voicemail"`
	Callback  flag   `json:"callback"`
}

// readCalls reads the calls that began or changed.
func (r *round) readCalls(ctx context.Context) (done bool, err error) {
	var answer struct {
		exported
		Calls records `json:"calls"`
	}
	err = r.get(ctx, callsPath, url.Values{"start_time": {unix(r.Calls.Next)}}, &answer)
	switch {
	case r.tooRecent(err, r.Calls.Next):
		return true, nil
	case err != nil:
		return false, err
	}
	if !answer.Calls.given {
		return false, badAnswer(callsPath, "there is no list of calls in the answer")
	}
	if err := r.nameGroups(ctx, groupsOf(answer.Calls.list)); err != nil {
		return false, err
	}
	whole, err := r.tellsLegs(ctx)
	if err != nil {
		return false, err
	}
	end := answer.end()
	news := func(mark string) bool { return r.Calls.news(mark, max(end, r.Calls.Next)) }
	take(&r.page, "call", answer.Calls.list, news, func(c call) error {
		switch {
		case c.ID == "":
			return without("id")
		case c.CreatedAt.IsZero():
			return without("created_at")
		case !news(stateOf(c.ID, c.UpdatedAt)):
			return nil
		}
		told := r.call(&c)
		if whole {
			told.Contact = string(c.ID)
		}
		r.page.Records = append(r.page.Records, desk.Record{ID: string(c.ID), Body: told})
		return nil
	})
	return r.along(callsPath, &r.Calls, &answer.exported, len(answer.Calls.list))
}

// stateOf names the state of a record that comes again whenever it changes.
func stateOf(id ident, changed stamp) string {
	return string(id) + "@" + strconv.FormatInt(changed.Unix(), 36)
}

// tellsLegs reports whether the desk tells the legs of calls. Without them a
// call that was not passed on looks like any other. It asks once. Legs that fail
// just now are told later.
func (r *round) tellsLegs(ctx context.Context) (bool, error) {
	switch {
	case r.can.aside(canLegs):
		return true, nil
	case r.legsTold.Set:
		return r.legsTold.Value && r.can.due(canLegs, r.Target), nil
	}
	err := r.get(ctx, legsPath, url.Values{"start_time": {unix(r.Target.Add(-time.Hour).Unix())}}, nil)
	if err != nil {
		if err := r.spare(ctx, canLegs, err); err != nil {
			return false, err
		}
		if r.can.aside(canLegs) {
			return true, nil
		}
	}
	r.legsTold = desk.Some(err == nil)
	return err == nil, nil
}

// call translates a call. Of one that is not over there is nothing to tell but
// that it came.
func (r *round) call(c *call) *desk.Call {
	team := r.teamOf(c.Group)
	told := &desk.Call{
		ArrivedAt: c.CreatedAt.Time, Channel: "phone", Queue: team, Team: team, Agent: string(c.Agent),
		Ticket: string(c.Ticket), Customer: string(c.Customer), Outcome: c.outcome(),
	}
	told.Direction, _ = desk.ParseDirection(string(c.Direction))
	if told.Outcome != desk.OutcomeAbandonedIVR {
		told.QueuedAt = after(told.ArrivedAt, c.InMenu.times(time.Second))
	}
	if told.Outcome == desk.OutcomeUnknown {
		return told
	}
	told.EndedAt = after(told.ArrivedAt, c.Duration.times(time.Second))
	told.Wait = c.Wait.times(time.Second)
	if told.Outcome == desk.OutcomeAnswered {
		told.AnsweredAt = after(told.ArrivedAt, c.ToAnswer.times(time.Second))
		told.Talk, told.Hold, told.WrapUp = c.Talk.times(time.Second), c.Hold.times(time.Second), c.WrapUp.times(time.Second)
		if told.Agent != "" {
			told.HandledBy = desk.RoleAgent
		}
	}
	return told
}

// outcome returns how the call ended, unknown while it has not.
func (c *call) outcome() desk.Outcome {
	switch c.Status {
	case "completed":
		return c.completed()
	case "abandoned_on_hold":
		return desk.OutcomeAnswered // by an agent, who put the caller on hold
	case "abandoned_in_queue", "abandoned_in_voicemail":
		return desk.OutcomeAbandoned
	case "abandoned_in_ivr":
		return desk.OutcomeAbandonedIVR
	case "pending_voicemail", "voicemail":
		return desk.OutcomeVoicemail
	case "failed", "not_answered", "not_available":
		return desk.OutcomeFailed
	case "":
		return desk.OutcomeUnknown
	default:
		return c.undocumented()
	}
}

// undocumented returns how a call ended whose status is none that is documented.
// It is over, for it has one.
func (c *call) undocumented() desk.Outcome {
	if c.ToAnswer.Value > 0 || c.Agent != "" && c.Talk.Value > 0 {
		return desk.OutcomeAnswered
	}
	return desk.OutcomeFailed
}

// completed returns how a call ended that came to an orderly end. It need not
// have been one with an agent.
func (c *call) completed() desk.Outcome {
	spoken := c.Agent != "" || c.Talk.Value > 0
	switch {
	case bool(c.Voicemail):
		return desk.OutcomeVoicemail
	case bool(c.Callback) && !spoken:
		return desk.OutcomeCallback
	default:
		return desk.OutcomeAnswered
	}
}
