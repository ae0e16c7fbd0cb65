package catalog

import "iter"

// AllSteps are the steps of the service in the order of the file, each before those inside it; last come those of what may happen anytime.
func (s *Service) AllSteps() iter.Seq[*Step] {
	return func(yield func(*Step) bool) {
		if !eachStep(s.Steps, yield) {
			return
		}
		for i := range s.Anytime {
			if !eachStep(s.Anytime[i].Steps, yield) {
				return
			}
		}
	}
}

func eachStep(steps []Step, yield func(*Step) bool) bool {
	for i := range steps {
		if !yield(&steps[i]) {
			return false
		}
		for _, inner := range steps[i].Inner() {
			if !eachStep(inner, yield) {
				return false
			}
		}
	}
	return true
}

// Inner are the lists of steps inside s: of its cases, branches or rounds.
func (s *Step) Inner() [][]Step {
	var out [][]Step
	for i := range s.Choose {
		out = append(out, s.Choose[i].Steps)
	}
	if t := s.Together; t != nil {
		for i := range t.Branches {
			out = append(out, t.Branches[i].Steps)
		}
		if t.Each != nil {
			out = append(out, t.Each.Steps)
		}
	}
	if s.Repeat != nil {
		out = append(out, s.Repeat.Steps)
	}
	return out
}

// Step is the step with that code, wherever it stands, or nil.
func (s *Service) Step(code string) *Step {
	for st := range s.AllSteps() {
		if st.Code.Value == code {
			return st
		}
	}
	return nil
}
