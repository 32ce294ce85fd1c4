//! The executable tree of typed, slot-resolved nodes, and what runs it.
//!
//! Lowering turns a checked program into boxed nodes: [`Node`] yields a value of one Rust type, [`Exec`] runs a
//! statement and says how control goes on. Names are gone: a variable is a slot of one of two banks, raw 8-byte
//! scalars or [`Value`](crate::value::Value)s. A scalar variable that may be null takes a second slot that says
//! whether it has a value. Values of unknown type, texts, arrays and structures live in the other bank.
//!
//! Invariants:
//! - Nodes hold plain data only, so an [`Executable`] is `Send + Sync` and shared by all its runs.
//! - A node never asks for a name, except where the script does (`%name%`, issue fields).
//! - Every back edge and every call charges fuel; calls also enter a depth and count down the native stack.
//! - A node that is boxed can still become a part of the statement around it ([`Fuse`]); what is a leaf says so.
//! - A fault carries the span of the innermost node that knows one.
//!
//! This room does not know the syntax tree, nor any routine.

mod arith;
mod assign;
mod block;
mod call;
mod dynamic;
mod executable;
mod frame;
mod issue;
mod keyed;
mod measure;
mod node;
mod nullable;
mod part;
mod path;
mod persist;
mod stmt;
mod subst;
mod template;

pub use arith::*;
pub use assign::*;
pub use block::Block;
pub use call::*;
pub use dynamic::*;
pub use executable::{Constants, Executable, Finished, FnResult, Function, run};
use executable::{NATIVE_CHUNK, NATIVE_RESERVE};
pub use frame::{Bank, Flow, Frame, Globals, Place, Repr, Run, Scalar, Segment, box_scalar, scalar_bits, unbox_scalar};
pub use issue::*;
pub use keyed::*;
pub use measure::Measured;
pub use node::*;
pub use nullable::*;
use part::with_null;
pub use part::{Element, Field, LeafWay, NullLeaf, Part as VariablePart, PartRead, PartStep};
pub use path::*;
pub use persist::*;
pub use stmt::*;
pub use subst::*;
pub use template::*;
