//! Methods, allocations and places as rows of numbers, and back.

use rubyprof_core::{
    Allocation, Cost, Costs, FileId, Location, Method, MethodId, MethodKey, OwnerKind,
};

use crate::error::Error;
use crate::layout::{AllocationRow, CostsRow, MethodRow, Place};

/// The kinds in the order of their numbers in a file.
const KINDS: [OwnerKind; 6] = [
    OwnerKind::Plain,
    OwnerKind::ModuleIncludee,
    OwnerKind::ClassSingleton,
    OwnerKind::ModuleSingleton,
    OwnerKind::ObjectSingleton,
    OwnerKind::OtherSingleton,
];

pub(crate) fn place(location: Location) -> Place {
    Place {
        // Files are fewer than 2^32 - 1: Profile::check.
        file: location.file.map_or(0, |file| file.0 + 1),
        line: location.line,
    }
}

pub(crate) fn location(place: Place) -> Location {
    Location {
        file: place.file.checked_sub(1).map(FileId),
        line: place.line,
    }
}

pub(crate) fn methods(methods: &[Method]) -> Vec<MethodRow> {
    let rows = methods.iter().map(|method| MethodRow {
        class_name: method.class_name.clone(),
        kind: kind(method.owner_kind),
        name: method.name.clone(),
        place: place(Location {
            file: method.file,
            line: method.line,
        }),
    });
    rows.collect()
}

pub(crate) fn methods_of(rows: Vec<MethodRow>) -> Result<Vec<Method>, Error> {
    let methods = rows.into_iter().map(|row| {
        let Location { file, line } = location(row.place);
        Ok(Method {
            key: MethodKey::default(),
            class_name: row.class_name,
            owner_kind: kind_of(row.kind)?,
            name: row.name,
            file,
            line,
        })
    });
    methods.collect()
}

pub(crate) fn allocations(allocations: &[Allocation]) -> Vec<AllocationRow> {
    let rows = allocations.iter().map(|one| AllocationRow {
        thread: one.thread,
        method: one.method.0,
        class_name: one.class_name.clone(),
        kind: kind(one.owner_kind),
        place: place(one.location),
        count: one.count,
        bytes: one.bytes,
    });
    rows.collect()
}

pub(crate) fn allocations_of(rows: Vec<AllocationRow>) -> Result<Vec<Allocation>, Error> {
    let allocations = rows.into_iter().map(|row| {
        Ok(Allocation {
            thread: row.thread,
            method: MethodId(row.method),
            class_name: row.class_name,
            owner_kind: kind_of(row.kind)?,
            location: location(row.place),
            count: row.count,
            bytes: row.bytes,
        })
    });
    allocations.collect()
}

pub(crate) fn costs(costs: &Costs) -> CostsRow {
    let pair = |cost: Cost| (cost.inner, cost.outer);
    CostsRow {
        ruby: pair(costs.ruby),
        c: pair(costs.c),
        operator: pair(costs.operator),
        new_path: costs.new_path,
        object: costs.object,
        switch: costs.switch,
        spread: costs.spread,
        unknown: costs.unknown,
    }
}

pub(crate) fn costs_of(row: &CostsRow) -> Costs {
    let cost = |(inner, outer)| Cost { inner, outer };
    Costs {
        ruby: cost(row.ruby),
        c: cost(row.c),
        operator: cost(row.operator),
        new_path: row.new_path,
        object: row.object,
        switch: row.switch,
        spread: row.spread,
        unknown: row.unknown,
    }
}

fn kind(kind: OwnerKind) -> u8 {
    let number = KINDS.iter().position(|known| *known == kind);
    number.unwrap_or(KINDS.len()) as u8
}

fn kind_of(number: u8) -> Result<OwnerKind, Error> {
    let kind = KINDS.get(usize::from(number)).copied();
    kind.ok_or_else(|| Error::Malformed(format!("there is no kind {number} of classes")))
}
