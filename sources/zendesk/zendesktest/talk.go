package zendesktest

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Call is a call of Talk. It is told of when it begins, when it ends, and when
// its agent is done with it.
type Call struct {
	ID        int64
	At        time.Time
	Outbound  bool
	Group     int64
	Agent     int64 // 0: nobody answered
	Ticket    int64
	Status    string // its completion_status in the end
	Voicemail bool
	Callback  bool
	// How long its parts took, one after the other.
	IVR, Wait, Talk, Hold, WrapUp time.Duration
}

// ended returns when both have hung up.
func (c *Call) ended() time.Time { return c.At.Add(c.IVR + c.Wait + c.Talk + c.Hold) }

// updated returns when the call, as it is now, was changed last.
func (c *Call) updated(now time.Time) time.Time {
	switch done := c.ended().Add(c.WrapUp); {
	case !now.Before(done):
		return done
	case !now.Before(c.ended()):
		return c.ended()
	default:
		return c.At
	}
}

// voice answers with a page of one of Talk's exports: the calls that changed
// since, in the order of the change. The last page is repeated for ever: there is
// no end of the stream, and next_page is never null.
func (d *Desk) voice(q query, name string, show func(c *Call, now time.Time) []any) (any, *refusal) {
	start, refused := q.startTime()
	if refused != nil {
		return nil, refused
	}
	var calls []*Call
	for i := range d.o.Calls {
		if c := &d.o.Calls[i]; !c.At.After(q.now) && c.updated(q.now).Unix() >= start {
			calls = append(calls, c)
		}
	}
	slices.SortFunc(calls, func(a, b *Call) int {
		return cmp.Or(a.updated(q.now).Compare(b.updated(q.now)), cmp.Compare(a.ID, b.ID))
	})
	p := timed(start, 0, len(calls), d.size(0, incrementalPage),
		func(i int) int64 { return calls[i].updated(q.now).Unix() }, func(int) bool { return true })
	shown := []any{}
	for _, i := range p.picked {
		shown = append(shown, show(calls[i], q.now)...)
	}
	return object{
		name: shown, "count": len(shown), "end_time": p.end,
		"next_page": address(q.endpoint, q.with("start_time", strconv.FormatInt(p.end, 10))),
	}, nil
}

func (d *Desk) calls(q query) (any, *refusal) {
	return d.voice(q, "calls", func(c *Call, now time.Time) []any { return []any{d.call(c, now)} })
}

// seconds shows how long a part of a call took, null while it goes on.
func seconds(took time.Duration, over bool) any {
	if !over {
		return nil
	}
	return int(took / time.Second)
}

func (d *Desk) call(c *Call, now time.Time) object {
	over, done := !now.Before(c.ended()), !now.Before(c.ended().Add(c.WrapUp))
	direction := "inbound"
	if c.Outbound {
		direction = "outbound"
	}
	o := object{
		"id": c.ID, "created_at": stamp(c.At), "updated_at": stamp(c.updated(now)), "agent_id": orNull(c.Agent),
		"call_group_id": orNull(c.Group), "ticket_id": orNull(c.Ticket), "direction": direction, "completion_status": nil,
		"phone_number": "+15555550100", "phone_number_id": 71, "call_channel": "phone", "line": "+15555550100", "line_id": 71,
		"duration": seconds(c.ended().Sub(c.At), over), "talk_time": seconds(c.Talk, over), "hold_time": seconds(c.Hold, over),
		"wait_time": seconds(c.Wait, over), "ivr_time_spent": seconds(c.IVR, over), "wrap_up_time": seconds(c.WrapUp, done),
		"time_to_answer": seconds(c.IVR+c.Wait, over && c.Agent != 0), "consultation_time": 0,
		"outside_business_hours": d.hours.between(c.At.Unix(), c.At.Unix()+1) == 0, "overflowed": false, "overflowed_to": nil,
		"voicemail": c.Voicemail, "callback": c.Callback, "callback_source": nil, "exceeded_queue_wait_time": false,
		"customer_requested_voicemail": false, "default_group": false, "ivr_action": nil, "ivr_destination_group_name": nil,
		"minutes_billed": 1, "call_charge": "0.108", "quality_issues": []any{"none"}, "recording_time": 0, "not_recording_time": 0,
	}
	if over {
		o["completion_status"] = c.Status
	}
	return o
}

func (d *Desk) legs(q query) (any, *refusal) {
	return d.voice(q, "legs", d.legsOf)
}

// legsOf shows the parts that a call has: the customer's and, if somebody
// answered, the agent's.
func (d *Desk) legsOf(c *Call, now time.Time) []any {
	over, done := !now.Before(c.ended()), !now.Before(c.ended().Add(c.WrapUp))
	leg := func(id int64, kind string, agent int64, at time.Time, status string) object {
		o := object{
			"id": id, "type": kind, "call_id": c.ID, "agent_id": orNull(agent), "user_id": orNull(agent), "available_via": "browser",
			"created_at": stamp(at), "updated_at": stamp(c.updated(now)), "completion_status": nil,
			"duration": seconds(c.ended().Sub(at), over), "talk_time": seconds(c.Talk, over), "hold_time": seconds(c.Hold, over),
			"wrap_up_time": seconds(c.WrapUp, done), "consultation_time": 0, "conference_time": 0, "consultation_from": nil,
			"consultation_to": nil, "conference_from": nil, "conference_to": nil, "transferred_from": nil, "transferred_to": nil,
			"forwarded_to": nil, "minutes_billed": 1, "call_charge": "0.05", "quality_issues": []any{"none"},
		}
		if over {
			o["completion_status"] = status
		}
		return o
	}
	legs := []any{leg(2*c.ID, "customer", 0, c.At, "completed")}
	if answered := c.At.Add(c.IVR + c.Wait); c.Agent != 0 && !now.Before(answered) {
		legs = append(legs, leg(2*c.ID+1, "agent", c.Agent, answered, "completed"))
	}
	return legs
}

// queueActivity shows who waits just now.
func (d *Desk) queueActivity(q query) (any, *refusal) {
	var waiting int
	var longest, sum time.Duration
	for i := range d.o.Calls {
		c := &d.o.Calls[i]
		from := c.At.Add(c.IVR)
		if c.Outbound || q.now.Before(from) || !q.now.Before(from.Add(c.Wait)) {
			continue
		}
		waiting++
		sum += q.now.Sub(from)
		longest = max(longest, q.now.Sub(from))
	}
	return object{"current_queue_activity": object{
		"agents_online": len(d.world.Agents), "calls_waiting": waiting, "callbacks_waiting": 0, "embeddable_callbacks_waiting": 0,
		"average_wait_time": int(sum/time.Second) / max(1, waiting), "longest_wait_time": int(longest / time.Second),
		"current_timestamp": q.now.Unix(),
	}}, nil
}
