package rttest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// value is a field of a row: text, or a number.
type value struct {
	text   string
	number int64
	isText bool
}

func word(s string) value { return value{text: s, isText: true} }

func whole(n int64) value { return value{number: n} }

func moment(t time.Time) value { return word(t.UTC().Format(time.DateTime)) }

// complaint is what the desk says of a query that it does not understand.
type complaint string

// Error implements error.
func (c complaint) Error() string { return string(c) }

func complain(format string, args ...any) error { return complaint(fmt.Sprintf(format, args...)) }

// condition reports whether a row is wanted.
type condition[R any] func(R) bool

// parser reads the language of searches: comparisons, AND, OR and parentheses.
type parser[R any] struct {
	tokens []string
	loose  bool
	fields map[string]func(R, value) value // what a row has of a field; the literal says how it is to be compared
}

var tokenPattern = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|[()]|[A-Za-z]+|-?\d+|[<>!]=|[<>=]|\S`)

func parse[R any](query string, loose bool, fields map[string]func(R, value) value) (condition[R], error) {
	p := &parser[R]{tokens: tokenPattern.FindAllString(query, -1), loose: loose, fields: fields}
	if len(p.tokens) == 0 {
		return func(R) bool { return false }, nil // no query finds nothing
	}
	c, err := p.either()
	if err == nil && len(p.tokens) > 0 {
		err = complain("Wrong query, expecting a AGGREGATOR at %s", p.tokens[0])
	}
	return c, err
}

func (p *parser[R]) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *parser[R]) accept(t string) bool {
	if len(p.tokens) == 0 || !strings.EqualFold(p.tokens[0], t) {
		return false
	}
	p.next()
	return true
}

func (p *parser[R]) either() (condition[R], error) {
	first, err := p.both()
	all := []condition[R]{first}
	for err == nil && p.accept("OR") {
		var c condition[R]
		c, err = p.both()
		all = append(all, c)
	}
	return func(r R) bool { return slices.ContainsFunc(all, func(c condition[R]) bool { return c(r) }) }, err
}

func (p *parser[R]) both() (condition[R], error) {
	first, err := p.one()
	all := []condition[R]{first}
	for err == nil && p.accept("AND") {
		var c condition[R]
		c, err = p.one()
		all = append(all, c)
	}
	return func(r R) bool { return !slices.ContainsFunc(all, func(c condition[R]) bool { return !c(r) }) }, err
}

func (p *parser[R]) one() (condition[R], error) {
	if p.accept("(") {
		c, err := p.either()
		if err == nil && !p.accept(")") {
			err = complain("Incomplete query, last element is not close paren")
		}
		return c, err
	}
	name, op, literal := p.next(), p.next(), p.next()
	field, known := p.fields[name]
	switch {
	case !known && p.loose:
		return func(R) bool { return true }, nil
	case !known:
		return nil, complain("Unknown field: %s at /usr/share/request-tracker5/lib/RT/Tickets.pm line 3187.\n", name)
	}
	to := word(literal)
	switch {
	case literal == "" || literal == "(":
		return nil, complain("Wrong query, expecting a VALUE in '%s'", name)
	case strings.HasPrefix(literal, "'"):
		to = word(strings.NewReplacer(`\'`, `'`, `\\`, `\`).Replace(literal[1 : len(literal)-1]))
	}
	var compare func(int) bool
	switch op {
	case "=":
		compare = func(c int) bool { return c == 0 }
	case "!=":
		compare = func(c int) bool { return c != 0 }
	case ">":
		compare = func(c int) bool { return c > 0 }
	case ">=":
		compare = func(c int) bool { return c >= 0 }
	case "<":
		compare = func(c int) bool { return c < 0 }
	case "<=":
		compare = func(c int) bool { return c <= 0 }
	default:
		return nil, complain("Wrong query, expecting a OPERATOR in '%s %s'", name, op)
	}
	to.number, _ = strconv.ParseInt(to.text, 10, 64)
	return func(r R) bool {
		is := field(r, to)
		if is.isText {
			return compare(strings.Compare(strings.ToLower(is.text), strings.ToLower(to.text)))
		}
		return compare(int(is.number - to.number))
	}, nil
}

// statusAs returns a status as a query compares it: there are names for all
// those that are finished, or are not.
func statusAs(status string, to value) value {
	group := "__Active__"
	if lifecycle[status] {
		group = "__Inactive__"
	}
	if strings.HasPrefix(to.text, "__") {
		return word(group)
	}
	return word(status)
}

func ticketFields() map[string]func(*ticket, value) value {
	return map[string]func(*ticket, value) value{
		"id":          func(t *ticket, _ value) value { return whole(t.id) },
		"Type":        func(*ticket, value) value { return word("ticket") },
		"Status":      func(t *ticket, to value) value { return statusAs(t.status, to) },
		"LastUpdated": func(t *ticket, _ value) value { return moment(t.updated) },
		"Created":     func(t *ticket, _ value) value { return moment(t.created) },
		"Queue":       func(t *ticket, _ value) value { return word(t.queue.name) },
	}
}

func (d *Desk) transactionFields() map[string]func(*transaction, value) value {
	fields := map[string]func(*transaction, value) value{
		"id":           func(n *transaction, _ value) value { return whole(n.id) },
		"ObjectType":   func(*transaction, value) value { return word("RT::Ticket") },
		"TicketType":   func(*transaction, value) value { return word("ticket") },
		"TicketStatus": func(n *transaction, to value) value { return statusAs(n.ticket.status, to) },
		"Type":         func(n *transaction, _ value) value { return word(n.kind) },
		"Field":        func(n *transaction, _ value) value { return word(n.field) },
		"Created":      func(n *transaction, _ value) value { return moment(n.created) },
	}
	if !d.options.Plain {
		fields["ObjectId"] = func(n *transaction, _ value) value { return whole(n.ticket.id) }
		fields["TicketQueue"] = func(n *transaction, to value) value {
			if to.number > 0 {
				return whole(n.ticket.queue.id)
			}
			return word(n.ticket.queue.name)
		}
	}
	return fields
}
