//! Cases as data: the format, its loader, and the rules that a case has to keep.

mod embedded;
mod format;
mod load;
mod predicate;
mod selector;
mod validate;
mod values;

pub use embedded::{embedded_cases, embedded_requirements, revision};
pub use format::{
    AddObject, AttributeValues, Attributes, Case, Check, ClockStep, Cycle, CycleKind, DirectoryOp, FaultStep,
    Given, Kill, Literal, Move, Need, RemoveAttributes, Rename, Series, SetAttributes, SetProperties,
    SnapshotStep, StateStep, Step, TenantOp,
};
pub use load::{CaseError, LoadedCase, load_all, parse_case, read_folder};
pub use predicate::{
    Attribute, CertificatesAre, Count, Exists, ExitIs, JournalCount, Kept, LiveCount, ObjectError,
    ObjectKind, OneWrite, OutputLacks, Place, Predicate, PropertyIs, ProvisioningError, SameObject, Secret,
    Waited, WriteCount, WriteKind,
};
pub use selector::Selector;
pub use validate::validate;
pub use values::{ValueError, Values, directory_world, resolve, tenant_values, tenant_world};
