package freshdesk

import (
	"slices"
	"strings"

	"helpdesk_exporter/desk"
)

// The numbers of statuses that every desk has, and the first of those that it
// makes itself.
const (
	firstStatus = 2
	firstCustom = 6
)

var builtinStatuses = map[int]desk.Status{
	2: desk.StatusOpen,
	3: desk.StatusPending,
	4: desk.StatusSolved,
	5: desk.StatusClosed,
	// Desks begin with these two, and may rename them.
	6: desk.StatusPending, // waiting on customer
	7: desk.StatusOnHold,  // waiting on third party
}

// meaning returns what a status means: as the configuration says, else as every
// desk means it, else by its name. Whatever a desk calls its own statuses, a
// ticket in one of them is not solved.
func (c *Config) meaning(code int, name string) desk.Status {
	if status, ok := desk.ParseStatus(c.Statuses[code]); ok {
		return status
	}
	if status, ok := builtinStatuses[code]; ok && (code < firstCustom || name == "") {
		return status
	}
	return customStatus(name)
}

// customStatus guesses by its name for whom a ticket waits.
func customStatus(name string) desk.Status {
	if status, ok := desk.ParseStatus(name); ok && status.Open() {
		return status
	}
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(name), w) })
	}
	switch {
	case has("hold"):
		return desk.StatusOnHold
	case !has("wait", "pending"), has("agent"):
		return desk.StatusOpen
	case has("customer", "requester", "client", "your reply"):
		return desk.StatusPending
	default:
		return desk.StatusOnHold
	}
}

// statusNamed returns what a status means that comes by name instead of by
// number.
func statusNamed(name string) desk.Status {
	if strings.EqualFold(name, "resolved") {
		return desk.StatusSolved
	}
	status, _ := desk.ParseStatus(name)
	return status
}

var priorities = map[string]string{"1": "low", "2": "normal", "3": "high", "4": "urgent"}

// priorityOf returns the priority that a number stands for, none where the
// ticket has none.
func priorityOf(code word) string {
	if name, ok := priorities[string(code)]; ok {
		return name
	}
	name, _ := desk.ParsePriority(string(code))
	return name
}

// outbound is the source of tickets that an agent began by writing to a customer.
const outbound = "10"

// channels are the sources of tickets, by number. Those that a desk makes itself
// begin at 101.
var channels = map[string]string{
	"1": "email", "2": "web", "3": "phone", "4": "web", "5": "social", "6": "social", "7": "chat", "8": "messaging",
	"9": "web", outbound: "email", "12": "chat", "13": "messaging", "15": "chat",
}

func channelOf(code word) string {
	name, known := channels[string(code)]
	switch {
	case code == "":
		return ""
	case known:
		return name
	default:
		return desk.ParseChannel(string(code))
	}
}

// creatorOf returns who created a ticket of a source.
func creatorOf(code word) desk.Role {
	switch {
	case code == outbound:
		return desk.RoleAgent
	case channels[string(code)] != "":
		return desk.RoleCustomer
	default:
		return desk.RoleUnknown
	}
}

// typeOf returns the kind of a ticket by the type that the desk gives it.
func typeOf(name text) string {
	if kind, ok := desk.ParseTicketType(string(name)); ok {
		return kind
	}
	switch strings.ToLower(string(name)) {
	case "feature request", "service request":
		return "request"
	case "service task":
		return "task"
	default:
		return ""
	}
}
