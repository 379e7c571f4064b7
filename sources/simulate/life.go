package simulate

import (
	"strconv"
	"time"

	"helpdesk_exporter/desk"
)

// life is all that happens at a desk. It is never held: time is cut into
// minutes, each minute has a number of stories that begin in it, and each story
// can be told at any time from its key.
type life struct {
	Settings
	rhythm
	company
	from int64 // the first minute
	dice dice

	shares []float64 // how much of the work each team does
	agents []int     // how many each team has, all in all
	lines  []line

	// The story that is being told.
	tales   []tale
	tickets uint8 // how many tickets it has
	calls   uint8 // how many calls and chats
	entries uint8 // how many of everything else that has no story of its own
}

// tale is one record of a story: a ticket, a leg of a call, a survey ...
type tale interface {
	// next returns when the record looks different for the first time after an
	// instant, or is there at last; zero: never again.
	next(after time.Time) time.Time
	// record returns the record as it looks at an instant.
	record(at time.Time) desk.Record
}

// How long things last at the desk's usual speed. A story that begins with a
// call, goes on with a second ticket at the last moment and ends with an answer
// that is corrected after a survey is the longest.
const (
	ticketLife  = 12 * 24 * time.Hour
	sequelUntil = 8 * 24 * time.Hour
	answerUntil = 3 * 24 * time.Hour
	storyLife   = 27 * 24 * time.Hour
)

// process is something that makes stories begin.
type process uint64

const (
	writes process = iota // a customer writes
	calls                 // a customer calls or opens a chat, or is called
	polls                 // a questionnaire that belongs to no ticket
	counts                // how many agents are there
	joins                 // the customers that there are at first, and those who come
	leaves                // a customer goes
	deeds                 // what customers do, and what is done to win them
	books                 // what is put down by the calendar: articles, costs, sums
	processes
)

// key names a story: the minute in which it begins, its process, its number.
type key uint64

func keyOf(minute int64, p process, n int) key {
	return key(minute)<<32 | key(p)<<29 | key(n)
}

func (k key) minute() int64    { return int64(k >> 32) }
func (k key) process() process { return process(k>>29) & 7 }
func (k key) number() int      { return int(k & (1<<29 - 1)) }

func minuteOf(t time.Time) int64      { return t.Unix() / 60 }
func timeOf(minute int64) time.Time   { return time.Unix(minute*60, 0).UTC() }
func (k key) child(n uint8) reference { return reference{k, n} }

// reference names one of the records of a story.
type reference struct {
	story key
	child uint8
}

// id is what the desk calls the record.
func (r reference) id() string {
	b := append(make([]byte, 0, 24), "tcqsjldb"[r.story.process()])
	b = strconv.AppendInt(b, r.story.minute(), 10)
	b = append(b, '-')
	b = strconv.AppendInt(b, int64(r.story.number()), 10)
	if r.child > 0 {
		b = append(b, '-')
		b = strconv.AppendInt(b, int64(r.child), 10)
	}
	return string(b)
}

// countEvery is how often the agents who are there are counted.
const countEvery = 15 // minutes

// number returns how many stories of a process begin in a minute.
func (l *life) number(p process, minute int64) int {
	if p >= joins && (l.Customers == 0 || timeOf(minute).Before(l.since)) {
		return 0
	}
	var perDay float64
	switch p {
	case writes:
		perDay = l.TicketsPerDay
	case calls:
		perDay = l.CallsPerDay
	case polls:
		perDay = 0.12 * (l.TicketsPerDay + l.CallsPerDay)
	case deeds:
		perDay = deedsPerDay * float64(l.Customers)
	case counts:
		if l.CallsPerDay == 0 || minute%countEvery != 0 {
			return 0
		}
		return len(l.lines)
	default:
		return l.scheduled(p, minute)
	}
	l.dice.take(l.Seed, uint64(keyOf(minute, p, 1<<29-1)))
	return l.dice.poisson(perDay / (24 * 60) * l.Speed * l.rate(timeOf(minute)))
}

// story tells a story. What it returns is good until the next one is told.
func (l *life) story(k key) []tale {
	l.tales, l.tickets, l.calls, l.entries = l.tales[:0], 0, 0, 0
	l.dice.take(l.Seed, uint64(k))
	at := timeOf(k.minute()).Add(time.Duration(l.dice.IntN(60_000)) * time.Millisecond)
	switch k.process() {
	case writes:
		l.write(k, at)
	case calls:
		l.call(k, at)
	case polls:
		l.poll(k, at)
	case counts:
		l.count(k)
	case joins:
		l.join(k)
	case leaves:
		l.leave(k)
	case deeds:
		l.deed(k, at)
	default:
		l.book(k)
	}
	return l.tales
}

// tell adds a record to the story.
func (l *life) tell(t tale) { l.tales = append(l.tales, t) }

// newLife returns the life of a desk, of which the first sync saw the past.
func newLife(s Settings, begun time.Time) (*life, error) {
	r, err := newRhythm(&s, begun)
	if err != nil {
		return nil, err
	}
	l := &life{Settings: s, rhythm: r, dice: newDice(s.Speed), shares: sharesOf(len(s.Teams))}
	l.staff()
	return l, nil
}
