//! The statements of an agenda, asked one after the other.

use std::io::{BufRead, Write};

use psephos_charter::agenda::Agenda;
use psephos_charter::answers::{Answer, Row};

use crate::failure::Failure;
use crate::table::to_printable;

/// How the asking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Every statement is answered, and the voter wants the answers written.
    Finished,
    /// The voter stopped, or the input ended.
    Stopped,
}

/// Where questions are shown and answers come from.
pub(crate) struct Dialogue<I, O> {
    /// The input, a line an answer.
    pub(crate) input: I,
    /// The output.
    pub(crate) output: O,
}

impl<I: BufRead, O: Write> Dialogue<I, O> {
    /// Asks for every answer that is open, in the agenda's order, and lets the voter go back. `save` stores the answers
    /// after each, so that a closed window loses none.
    pub(crate) fn ask_statements(
        &mut self,
        agenda: &Agenda,
        answers: &mut Row,
        mut save: impl FnMut(&Row) -> Result<(), Failure>,
    ) -> Result<Asked, Failure> {
        answers.resize(agenda.len(), None);
        let mut place = find_open(answers);
        loop {
            let Some(statement) = agenda.statements().get(place) else {
                match self.ask_line(&describe_end(answers))?.as_deref() {
                    Some("") => return Ok(Asked::Finished),
                    Some("b" | "back") => place = place.saturating_sub(1),
                    Some("q" | "quit") | None => return Ok(Asked::Stopped),
                    Some(_) => self.print("Press Enter, or write b or q.\n")?,
                }
                continue;
            };
            let so_far = answers[place];
            let answered = answers.iter().flatten().count();
            self.print(&format!(
                "\nStatement {} of {} ({answered} answered)\n\n  {}\n\n",
                place + 1,
                agenda.len(),
                to_printable(&statement.text)
            ))?;
            let kept = so_far.map_or("", describe_kept);
            let line = self.ask_line(&format!("a)gree, d)isagree, p)ass, b)ack, q)uit{kept}: "))?;
            let answer = match line.as_deref() {
                Some("a" | "agree") => Answer::Agree,
                Some("d" | "disagree") => Answer::Disagree,
                Some("p" | "pass") => Answer::Pass,
                Some("") if so_far.is_some() => {
                    place += 1;
                    continue;
                }
                Some("b" | "back") => {
                    place = place.saturating_sub(1);
                    continue;
                }
                Some("q" | "quit") | None => return Ok(Asked::Stopped),
                Some(_) => {
                    self.print("Write a, d, p, b or q, and press Enter.\n")?;
                    continue;
                }
            };
            if answers[place].replace(answer) != Some(answer) {
                save(answers)?;
            }
            place += 1;
        }
    }

    /// Asks for a line; `None` at the end of the input.
    fn ask_line(&mut self, prompt: &str) -> Result<Option<String>, Failure> {
        self.print(prompt)?;
        let mut line = String::new();
        let read = self.input.read_line(&mut line).map_err(|error| lost_terminal(&error))?;
        Ok((read > 0).then(|| line.trim().to_ascii_lowercase()))
    }

    fn print(&mut self, text: &str) -> Result<(), Failure> {
        let written = self.output.write_all(text.as_bytes()).and_then(|()| self.output.flush());
        written.map_err(|error| lost_terminal(&error))
    }
}

fn lost_terminal(error: &std::io::Error) -> Failure {
    Failure::machine_failure(
        format!("the terminal cannot be used: {error}"),
        "run the command again: the answers that were given are in the draft",
    )
}

/// Returns the place of the first open answer, or one behind the last.
fn find_open(answers: &[Option<Answer>]) -> usize {
    answers.iter().position(Option::is_none).unwrap_or(answers.len())
}

fn describe_kept(answer: Answer) -> &'static str {
    match answer {
        Answer::Agree => " [agree]",
        Answer::Disagree => " [disagree]",
        Answer::Pass => " [pass]",
    }
}

fn describe_end(answers: &[Option<Answer>]) -> String {
    let count = |wanted| answers.iter().filter(|answer| **answer == Some(wanted)).count();
    let [agree, disagree, pass] = [Answer::Agree, Answer::Disagree, Answer::Pass].map(count);
    format!(
        "\nAll {} answered: {agree} agree, {disagree} disagree, {pass} pass.\nEnter writes the answers, b goes back, q \
         keeps the draft: ",
        answers.len()
    )
}

#[cfg(test)]
mod tests {
    use psephos_charter::agenda::AgendaStatement;

    use super::*;

    const A: Option<Answer> = Some(Answer::Agree);
    const D: Option<Answer> = Some(Answer::Disagree);
    const P: Option<Answer> = Some(Answer::Pass);

    /// Asks three statements; returns how it ended, the answers, what was saved last, and the output.
    fn ask(input: &str, answers: &[Option<Answer>]) -> (Asked, Row, Option<Row>, String) {
        let texts = ["Be honest.", "Be kind.", "Be brief."];
        let statements = (1..).zip(texts).map(|(id, text)| AgendaStatement { id, text: text.into() });
        let agenda = Agenda::new(statements.collect()).expect("an agenda");
        let (mut answers, mut saved, mut output) = (answers.to_vec(), None, Vec::new());
        let mut dialogue = Dialogue { input: input.as_bytes(), output: &mut output };
        let asked = dialogue.ask_statements(&agenda, &mut answers, |row| {
            saved = Some(row.clone());
            Ok(())
        });
        let asked = asked.map_err(|failure| failure.message()).expect("asked");
        (asked, answers, saved, String::from_utf8(output).expect("text"))
    }

    #[test]
    fn every_statement_is_asked_in_order() {
        let (asked, answers, saved, output) = ask("a\nDisagree\n p \n\n", &[]);
        assert_eq!((asked, &answers), (Asked::Finished, &vec![A, D, P]));
        assert_eq!(saved, Some(answers));
        let places =
            ["Statement 1 of 3 (0 answered)", "Statement 2 of 3 (1 answered)", "Statement 3 of 3 (2 answered)"];
        assert!(places.iter().all(|place| output.contains(place)), "{output}");
        assert!(output.contains("1 agree, 1 disagree, 1 pass"), "{output}");
    }

    #[test]
    fn answers_are_changed_by_going_back() {
        let (asked, answers, ..) = ask("b\na\na\nb\nd\na\nb\n\nx\n\n", &[]);
        assert_eq!((asked, answers), (Asked::Finished, vec![A, D, A]));
    }

    #[test]
    fn asking_continues_at_the_first_open_statement() {
        let (asked, answers, saved, output) = ask("q\n", &[A, None, P]);
        assert_eq!((asked, answers, saved), (Asked::Stopped, vec![A, None, P], None));
        assert!(output.contains("Statement 2 of 3 (2 answered)"), "{output}");
        // What was answered already is kept with Enter.
        let (asked, answers, saved, output) = ask("d\n\n\n", &[A, None, P]);
        assert_eq!((asked, answers, saved), (Asked::Finished, vec![A, D, P], Some(vec![A, D, P])));
        assert!(output.contains("[pass]"), "{output}");
    }

    #[test]
    fn end_of_the_input_and_other_lines_answer_nothing() {
        assert_eq!(ask("", &[]).0, Asked::Stopped);
        let (asked, answers, saved, output) = ask("maybe\n\n\u{1b}[A\n", &[]);
        assert_eq!((asked, answers, saved), (Asked::Stopped, vec![None; 3], None));
        assert_eq!(output.matches("Write a, d, p, b or q").count(), 3);
    }
}
