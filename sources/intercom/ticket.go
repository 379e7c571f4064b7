package intercom

import (
	"encoding/json"
	"fmt"
	"time"

	"helpdesk_exporter/desk"
)

// conversation is what is read of a conversation.
type conversation struct {
	ID               ident                      `json:"id"`
	CreatedAt        stamp                      `json:"created_at"`
	UpdatedAt        stamp                      `json:"updated_at"`
	WaitingSince     stamp                      `json:"waiting_since"`
	Open             flag                       `json:"open"`
	State            word                       `json:"state"`
	Priority         word                       `json:"priority"`
	AdminAssigneeID  ident                      `json:"admin_assignee_id"`
	TeamAssigneeID   ident                      `json:"team_assignee_id"`
	Source           origin                     `json:"source"`
	Contacts         contacts                   `json:"contacts"`
	Statistics       statistics                 `json:"statistics"`
	SLA              sla                        `json:"sla_applied"`
	Rating           rating                     `json:"conversation_rating"`
	AIParticipated   flag                       `json:"ai_agent_participated"`
	AIAgent          aiAgent                    `json:"ai_agent"`
	CustomAttributes map[string]json.RawMessage `json:"custom_attributes"`
}

// origin is the message that a conversation began with.
type origin struct {
	Type        word   `json:"type"`
	DeliveredAs word   `json:"delivered_as"`
	Author      author `json:"author"`
}

// author is who wrote something.
type author struct {
	Type word  `json:"type"`
	ID   ident `json:"id"`
}

// contacts are the customers who take part.
type contacts struct {
	Contacts []struct {
		ID ident `json:"id"`
	} `json:"contacts"`
}

// statistics are what Intercom has measured. Conversations that no customer
// wrote in have none.
type statistics struct {
	TimeToAdminReply    number `json:"time_to_admin_reply"`
	TimeToLastClose     number `json:"time_to_last_close"`
	FirstContactReplyAt stamp  `json:"first_contact_reply_at"`
	FirstAssignmentAt   stamp  `json:"first_assignment_at"`
	FirstAdminReplyAt   stamp  `json:"first_admin_reply_at"`
	LastAdminReplyAt    stamp  `json:"last_admin_reply_at"`
	FirstCloseAt        stamp  `json:"first_close_at"`
	LastCloseAt         stamp  `json:"last_close_at"`
	CountReopens        number `json:"count_reopens"`
	HandlingTime        number `json:"handling_time"`
	AdjustedHandling    number `json:"adjusted_handling_time"`
}

// aiAgent is what the AI agent did in a conversation.
type aiAgent struct {
	ResolutionState word   `json:"resolution_state"`
	Rating          number `json:"rating"`
	CreatedAt       stamp  `json:"created_at"`
	UpdatedAt       stamp  `json:"updated_at"`
}

// conversationOf reads a conversation.
func conversationOf(raw json.RawMessage) (*conversation, error) {
	v := &conversation{}
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, err
	}
	if v.State == "" && v.Open.Set {
		v.State = stateClosed
		if v.Open.Value {
			v.State = stateOpen
		}
	}
	switch {
	case v.ID == "":
		return nil, fmt.Errorf("%w id", errMissing)
	case v.CreatedAt.IsZero():
		return nil, fmt.Errorf("%w created_at", errMissing)
	case v.UpdatedAt.IsZero():
		return nil, fmt.Errorf("%w updated_at", errMissing)
	case v.State != stateOpen && v.State != stateSnoozed && v.State != stateClosed:
		return nil, fmt.Errorf("%w state: write to us which one", errWord)
	}
	return v, nil
}

// ticket translates a conversation; t is nil where its parts are not known.
func (s *Source) ticket(v *conversation, t *thread) *desk.Ticket {
	st := &v.Statistics
	ticket := &desk.Ticket{
		CreatedAt: v.CreatedAt.Time, UpdatedAt: v.UpdatedAt.Time, Status: v.status(),
		CreatedBy: v.Source.began(), HandledBy: v.handledBy(),
		WaitingSince: v.WaitingSince.Time, AcknowledgedAt: st.FirstAssignmentAt.Time,
		Priority: priorities[v.Priority], Channel: v.Source.channel(), Agent: string(v.AdminAssigneeID),
		Requester: v.requester(), FirstResponseAt: st.FirstAdminReplyAt.Time, FirstSolvedAt: st.FirstCloseAt.Time,
		Reopens: st.CountReopens.count(), HandleTime: st.handleTime(),
	}
	if v.State == stateClosed {
		ticket.SolvedAt = st.LastCloseAt.Time
	}
	if s.config.OfficeHours {
		ticket.FirstResponseBusiness = st.TimeToAdminReply.seconds()
		ticket.ResolutionBusiness = st.resolution(v.State)
	}
	ticket.Topic, ticket.Attrs = s.attributes(v.CustomAttributes)
	if t != nil {
		ticket.Messages = t.messages(v)
		ticket.StatusChanges = t.statusChanges(v)
	} else if at := st.FirstContactReplyAt.Time; ticket.CreatedBy == desk.RoleAgent && !at.IsZero() {
		// From then on the customer waits, though nobody has read the parts.
		ticket.Messages = []desk.Message{{At: at, Author: desk.RoleCustomer, Public: true}}
	}
	ticket.SLA = s.promises(v, t)
	return ticket
}

// resolution returns the time to the close that stands.
func (st *statistics) resolution(state word) desk.Opt[time.Duration] {
	if state != stateClosed {
		return desk.Opt[time.Duration]{}
	}
	return st.TimeToLastClose.seconds()
}

// handleTime prefers the time that leaves out when the teammate was elsewhere.
func (st *statistics) handleTime() desk.Opt[time.Duration] {
	if adjusted := st.AdjustedHandling.seconds(); adjusted.Set {
		return adjusted
	}
	return st.HandlingTime.seconds()
}

// requester returns the customer's id: that of the contact or, where none is
// named, that of the customer who wrote first.
func (v *conversation) requester() string {
	for _, c := range v.Contacts.Contacts {
		if c.ID != "" {
			return string(c.ID)
		}
	}
	if v.Source.Author.role() == desk.RoleCustomer {
		return string(v.Source.Author.ID)
	}
	return ""
}

// status tells what a conversation waits for.
func (v *conversation) status() desk.Status { return statusOf(v.State, !v.WaitingSince.IsZero()) }

// statusOf returns the status that a state means. A conversation that is snoozed
// while the customer waits for an answer waits for somebody else.
func statusOf(state word, waiting bool) desk.Status {
	switch {
	case state == stateClosed:
		return desk.StatusClosed
	case state == stateOpen:
		return desk.StatusOpen
	case waiting:
		return desk.StatusOnHold
	default:
		return desk.StatusPending
	}
}

// handledBy names the bot where the AI agent has resolved a conversation by
// itself. Else it shows in who answered.
func (v *conversation) handledBy() desk.Role {
	resolved := v.AIAgent.ResolutionState == "confirmed_resolution" || v.AIAgent.ResolutionState == "assumed_resolution"
	if v.AIParticipated.Value && resolved {
		return desk.RoleBot
	}
	return desk.RoleUnknown
}

// attributes returns the topic and the labels that conversation attributes hold.
func (s *Source) attributes(told map[string]json.RawMessage) (topic string, attrs map[string]string) {
	if s.config.TopicAttribute != "" {
		topic, _ = plain(told[s.config.TopicAttribute])
	}
	for name, attribute := range s.config.Attributes {
		if value, ok := plain(told[attribute]); ok && value != "" {
			if attrs == nil {
				attrs = map[string]string{}
			}
			attrs[name] = value
		}
	}
	return topic, attrs
}
