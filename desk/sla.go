package desk

// Target is what an SLA promises of a ticket. Its numbers are stored: never
// reuse one.
type Target uint8

// The targets of an SLA.
const (
	TargetFirstResponse Target = iota // an answer to the question
	TargetNextResponse                // an answer to what the customer has written since
	TargetUpdate                      // another word to the customer while the ticket is open
	TargetResolution                  // an end
	targetCount
)

var targetNames = [targetCount]string{
	TargetFirstResponse: "first_response", TargetNextResponse: "next_response",
	TargetUpdate: "update", TargetResolution: "resolution",
}

// String returns the name that labels and configuration use.
func (t Target) String() string { return nameOf(t, targetNames[:]) }

// Targets lists every target.
func Targets() []Target {
	var all []Target
	for t := range targetCount {
		all = append(all, t)
	}
	return all
}

// ParseTarget reads the name of a target.
func ParseTarget(name string) (Target, bool) {
	for _, t := range Targets() {
		if t.String() == name {
			return t, true
		}
	}
	return 0, false
}

// BusinessTimes is a set of durations in business hours that a desk tells
// itself, so that nobody has to work them out.
type BusinessTimes uint8

// The durations in business hours that a desk may tell.
const (
	BusinessFirstResponse BusinessTimes = 1 << iota
	BusinessReply
	BusinessResolution
	BusinessRequesterWait
)

// Tells reports whether all of the given durations are in the set.
func (b BusinessTimes) Tells(times BusinessTimes) bool { return b&times == times }
