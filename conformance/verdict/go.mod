module isthmus.dev/conformance/verdict

go 1.26.0
