//! From tokens to a tree, by recursive descent: a function for each rule of the grammar.

use super::SoqlError;
use super::lexer::{Token, TokenKind, tokens};
use super::literal::{Literal, unquoted};

/// Deeper parentheses are refused, so that no query can exhaust the stack.
const MAX_DEPTH: usize = 100;

/// A query as it was written.
#[derive(Debug)]
pub struct Query {
    /// The fields; `None` for `count()`.
    pub fields: Option<Vec<Path>>,
    /// The object.
    pub object: Path,
    /// Its alias.
    pub alias: Option<String>,
    /// `WHERE`.
    pub condition: Option<Condition>,
    /// `ORDER BY`.
    pub order: Vec<Order>,
    /// `LIMIT`.
    pub limit: Option<usize>,
    /// `OFFSET`.
    pub offset: usize,
}

/// A name with dots, and where it is.
#[derive(Debug)]
pub struct Path {
    /// The first character.
    pub at: usize,
    /// The name.
    pub name: String,
}

/// A condition.
#[derive(Debug)]
pub enum Condition {
    /// All of them.
    And(Vec<Condition>),
    /// One of them.
    Or(Vec<Condition>),
    /// Not this one.
    Not(Box<Condition>),
    /// A field against a value.
    Compare(Path, Operator, Literal),
    /// A field against a list; `true` for `IN`, `false` for `NOT IN`.
    In(Path, bool, Vec<Literal>),
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=` or `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `LIKE`
    Like,
}

/// One field of `ORDER BY`.
#[derive(Debug)]
pub struct Order {
    /// The field.
    pub path: Path,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS LAST`.
    pub nulls_last: bool,
}

/// Reads a query.
pub fn parse(soql: &str) -> Result<Query, SoqlError> {
    let mut parser = Parser {
        tokens: tokens(soql)?,
        next: 0,
        depth: 0,
    };
    let query = parser.query()?;
    match parser.peek() {
        Token {
            kind: TokenKind::End,
            ..
        } => Ok(query),
        _ => Err(parser.unexpected()),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn query(&mut self) -> Result<Query, SoqlError> {
        self.keyword("SELECT")?;
        let fields = self.fields()?;
        self.keyword("FROM")?;
        let object = self.path()?;
        let spelled = self.take("AS");
        let named = matches!(&self.peek().kind, TokenKind::Word(word) if !is_clause(word));
        let alias = if spelled || named {
            Some(self.path()?.name)
        } else {
            None
        };
        let condition = if self.take("WHERE") {
            Some(self.conditions()?)
        } else {
            None
        };
        let mut order = Vec::new();
        if self.take("ORDER") {
            self.keyword("BY")?;
            order.push(self.order()?);
            while self.take(",") {
                order.push(self.order()?);
            }
        }
        let limit = if self.take("LIMIT") {
            Some(self.number()?)
        } else {
            None
        };
        let offset = if self.take("OFFSET") {
            self.offset()?
        } else {
            0
        };
        Ok(Query {
            fields,
            object,
            alias,
            condition,
            order,
            limit,
            offset,
        })
    }

    fn fields(&mut self) -> Result<Option<Vec<Path>>, SoqlError> {
        let first = self.path()?;
        if first.name.eq_ignore_ascii_case("count") && self.take("(") {
            self.keyword(")")?;
            return Ok(None);
        }
        let mut fields = vec![first];
        while self.take(",") {
            fields.push(self.path()?);
        }
        Ok(Some(fields))
    }

    /// `AND` and `OR` do not mix without parentheses: the other word is what no caller expects.
    fn conditions(&mut self) -> Result<Condition, SoqlError> {
        let mut all = vec![self.condition()?];
        let word = if self.at("OR") { "OR" } else { "AND" };
        while self.take(word) {
            all.push(self.condition()?);
        }
        Ok(if word == "OR" {
            Condition::Or(all)
        } else {
            Condition::And(all)
        })
    }

    fn condition(&mut self) -> Result<Condition, SoqlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SoqlError::malformed(
                self.peek().at,
                "the conditions are nested too deeply",
            ));
        }
        let condition = if self.take("NOT") {
            Condition::Not(Box::new(self.condition()?))
        } else if self.take("(") {
            let inner = self.conditions()?;
            self.keyword(")")?;
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn comparison(&mut self) -> Result<Condition, SoqlError> {
        let path = self.path()?;
        let negated = self.take("NOT");
        if self.take("IN") {
            self.keyword("(")?;
            let mut values = vec![self.literal()?];
            while self.take(",") {
                values.push(self.literal()?);
            }
            self.keyword(")")?;
            return Ok(Condition::In(path, !negated, values));
        }
        if negated {
            return Err(self.unexpected());
        }
        let operator = match &self.peek().kind {
            TokenKind::Mark("=") => Operator::Equal,
            TokenKind::Mark("!=" | "<>") => Operator::NotEqual,
            TokenKind::Mark("<") => Operator::Less,
            TokenKind::Mark("<=") => Operator::AtMost,
            TokenKind::Mark(">") => Operator::Greater,
            TokenKind::Mark(">=") => Operator::AtLeast,
            TokenKind::Word(word) if word.eq_ignore_ascii_case("LIKE") => Operator::Like,
            _ => return Err(self.unexpected()),
        };
        self.next += 1;
        Ok(Condition::Compare(path, operator, self.literal()?))
    }

    fn literal(&mut self) -> Result<Literal, SoqlError> {
        let literal = match &self.peek().kind {
            TokenKind::Text(text) => Some(Literal::Text(text.clone())),
            TokenKind::Number(text) => unquoted(text),
            TokenKind::Word(word) if word.eq_ignore_ascii_case("null") => Some(Literal::Null),
            TokenKind::Word(word) if word.eq_ignore_ascii_case("true") => Some(Literal::Bool(true)),
            TokenKind::Word(word) if word.eq_ignore_ascii_case("false") => {
                Some(Literal::Bool(false))
            }
            _ => None,
        };
        let literal = literal.ok_or_else(|| self.unexpected())?;
        self.next += 1;
        Ok(literal)
    }

    fn order(&mut self) -> Result<Order, SoqlError> {
        let path = self.path()?;
        let descending = self.take("DESC");
        if !descending {
            self.take("ASC");
        }
        let mut nulls_last = false;
        if self.take("NULLS") {
            nulls_last = self.take("LAST");
            if !nulls_last {
                self.keyword("FIRST")?;
            }
        }
        Ok(Order {
            path,
            descending,
            nulls_last,
        })
    }

    fn offset(&mut self) -> Result<usize, SoqlError> {
        let at = self.peek().at;
        let offset = self.number()?;
        if offset > 2000 {
            let message = "Maximum SOQL offset allowed is 2000";
            return Err(SoqlError::new(at, "NUMBER_OUTSIDE_VALID_RANGE", message));
        }
        Ok(offset)
    }

    fn number(&mut self) -> Result<usize, SoqlError> {
        let number = match &self.peek().kind {
            TokenKind::Number(text) => text.parse().ok(),
            _ => None,
        };
        let number = number.ok_or_else(|| self.unexpected())?;
        self.next += 1;
        Ok(number)
    }

    fn path(&mut self) -> Result<Path, SoqlError> {
        let token = self.peek();
        match &token.kind {
            TokenKind::Word(word) if !is_reserved(word) => {
                let path = Path {
                    at: token.at,
                    name: word.clone(),
                };
                self.next += 1;
                Ok(path)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn keyword(&mut self, word: &str) -> Result<(), SoqlError> {
        if self.take(word) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn take(&mut self, word: &str) -> bool {
        let here = self.at(word);
        self.next += usize::from(here);
        here
    }

    fn at(&self, word: &str) -> bool {
        match &self.peek().kind {
            TokenKind::Word(text) => text.eq_ignore_ascii_case(word),
            TokenKind::Mark(mark) => *mark == word,
            _ => false,
        }
    }

    /// The last token is the end, which is never taken.
    fn peek(&self) -> &Token {
        const END: &Token = &Token {
            at: 0,
            kind: TokenKind::End,
        };
        self.tokens.get(self.next).unwrap_or(END)
    }

    fn unexpected(&self) -> SoqlError {
        let token = self.peek();
        SoqlError::unexpected(token.at, &token.kind.shown())
    }
}

fn is_clause(word: &str) -> bool {
    let clauses = [
        "WHERE", "ORDER", "LIMIT", "OFFSET", "GROUP", "HAVING", "WITH", "USING", "FOR", "ALL",
        "UPDATE",
    ];
    clauses
        .iter()
        .any(|clause| clause.eq_ignore_ascii_case(word))
}

fn is_reserved(word: &str) -> bool {
    let reserved = [
        "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "ORDER", "LIMIT", "NULL",
        "TRUE", "FALSE",
    ];
    reserved
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}
