//! revcent
