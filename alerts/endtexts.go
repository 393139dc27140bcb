package alerts

// The parts of the texts of alerts on how goals ended, and on those that cannot be
// judged.

// ifEnded is a text about a goal that has ended, and another about one that has not.
func ifEnded(ended, otherwise string) string {
	return "{{ with " + goalAsked("max", familyEnded) + " }}" + ended + "{{ else }}" + otherwise + "{{ end }}"
}

// ifLess is a text where a goal's value in one family is less than in another, and
// another text where it is not, or nobody knows.
func ifLess(family, than, less, otherwise string) string {
	return "{{ $less := false }}{{ range " + goalAsked("max", family) + " }}{{ $first := . | value }}{{ range " + goalAsked("max", than) + " }}{{ if lt $first (. | value) }}{{ $less = true }}{{ end }}{{ end }}{{ end }}" +
		"{{ if $less }}" + less + "{{ else }}" + otherwise + "{{ end }}"
}

// atDeadline is when a goal that was missed had the value that decided.
func atDeadline() string {
	return ifLess(familyJudgedUntil, familyDeadline, "By the last value that could be judged", "At the deadline")
}

// notJudged is the headline of a goal that cannot be judged.
func notJudged() string {
	return "{{ $labels.goal }} " + ifEnded("could not be judged at its deadline", "cannot be judged"+byStatus("", map[Status]string{
		NoData: ": no data", InsufficientSample: ": too few samples",
	}))
}

// whyNotJudged describes it: beyond the deadline by what was then.
func whyNotJudged() string {
	const unknown = "nothing is known of it"
	baseline := `{{ if eq $labels.goal_type "keep" }}its samples give no value{{ else }}{{ with ` + goalAsked("max", familyBaseline) + " }}its samples give no value{{ else }}the samples of its baseline are too few{{ end }}{{ end }}"
	return ofGoal + " could not be judged " + ifEnded(
		"at its deadline: "+byStatus(unknown, map[Status]string{
			NoData:             unlessUnchosen("there was no data"),
			InsufficientSample: unlessUnchosen("its samples, or those of its baseline, were too few"),
		})+". Nobody can tell whether the goal was met",
		"for three days: "+byStatus(unknown, map[Status]string{
			NoData:             unlessUnchosen("there is no data"),
			InsufficientSample: unlessUnchosen(ifLess(familySamples, familyMinSamples, "it rests on fewer samples than the goal asks for", baseline)),
		})) + "."
}

// judgedAgain are the ends of that.
func judgedAgain() Over {
	still := ifEnded("could not be judged at its deadline, four days ago", "could be judged for a while")
	return goalOver("has samples enough to be judged", map[Status]string{
		Met: "is met", Missed: "was missed: the deadline passed", NoData: still, InsufficientSample: still,
	})
}
