package intercom

import "helpdesk_exporter/desk"

// The states of a conversation.
const (
	stateOpen    word = "open"
	stateSnoozed word = "snoozed"
	stateClosed  word = "closed"
)

// priorities has what the two priorities mean. What is marked is high, for
// Intercom has nothing above it and a queue is worked from the top.
var priorities = map[word]string{"priority": "high", "not_priority": "normal"}

// channels has the sources of conversations by the channels they came on.
var channels = map[word]string{
	"conversation": "chat", // the Messenger
	"push":         "chat", // the Messenger in an app
	"email":        "email",
	"facebook":     "social",
	"instagram":    "social",
	"twitter":      "social",
	"whatsapp":     "messaging",
	"sms":          "sms",
	"phone_call":   "phone",
	"phone_switch": "phone", // a call that went on in the Messenger
	"api":          "api",
}

// channel returns what a conversation came on, empty where it does not tell.
func (o *origin) channel() string {
	if name, ok := channels[o.Type]; ok || o.Type == "" {
		return name
	}
	return desk.ParseChannel(string(o.Type))
}

// began says which side began a conversation. Where a workflow did, or a
// campaign, nobody waits for an answer before a customer has written.
func (o *origin) began() desk.Role {
	switch o.DeliveredAs {
	case "customer_initiated":
		return desk.RoleCustomer
	case "admin_initiated", "campaigns_initiated", "operator_initiated", "automated":
		return desk.RoleAgent
	}
	switch o.Author.role() {
	case desk.RoleCustomer:
		return desk.RoleCustomer
	case desk.RoleAgent, desk.RoleBot:
		return desk.RoleAgent
	default:
		return desk.RoleUnknown
	}
}

// role says who an author is.
func (a author) role() desk.Role {
	switch a.Type {
	case "user", "lead", "contact":
		return desk.RoleCustomer
	case "admin", "team":
		return desk.RoleAgent
	case "bot":
		return desk.RoleBot
	default:
		return desk.RoleUnknown
	}
}

// ticketStates has what the categories of a ticket's state mean.
var ticketStates = map[word]desk.Status{
	"submitted":           desk.StatusNew,
	"in_progress":         desk.StatusOpen,
	"waiting_on_customer": desk.StatusPending,
	"resolved":            desk.StatusSolved,
}

// What the types of parts do to the state of a conversation.
var turns = map[word]word{
	"open":                stateOpen,
	"note_and_reopen":     stateOpen,
	"assign_and_reopen":   stateOpen,
	"unsnoozed":           stateOpen,
	"timer_unsnooze":      stateOpen,
	"assign_and_unsnooze": stateOpen,
	"note_and_unsnooze":   stateOpen,
	"close":               stateClosed,
	"snoozed":             stateSnoozed,
}

// notes are the types of parts that only teammates see.
var notes = map[word]bool{"note": true, "note_and_reopen": true, "note_and_unsnooze": true}

// messages are the types of parts that are messages, and those that may carry
// one, as a reply and its close do in one part.
var messages = map[word]bool{"comment": true, "quick_reply": true}

var mayCarry = map[word]bool{
	"open": true, "close": true, "assignment": true, "assign_and_reopen": true, "assign_and_unsnooze": true,
	"snoozed": true, "unsnoozed": true,
}

// targetMissed is the part that says when an SLA was broken.
const targetMissed word = "conversation_sla_target_missed"
