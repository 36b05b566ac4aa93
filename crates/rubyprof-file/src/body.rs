//! A profile as the body of a file, and back.

use rubyprof_core::{MeasureMode, NodeId, Parts, Profile, Thread};

use crate::columns;
use crate::error::Error;
use crate::layout::{Body, ThreadRow};
use crate::tables;

pub(crate) fn encode(profile: &Profile) -> Result<Vec<u8>, Error> {
    let inside = profile.inside();
    let body = Body {
        measure_mode: profile.measure_mode.number() as u8,
        track_allocations: profile.track_allocations,
        c_calls: profile.c_calls,
        clock: profile.clock.clone(),
        files: inside.files.to_vec(),
        methods: tables::methods(profile.methods()),
        sites: inside.sites.iter().copied().map(tables::place).collect(),
        threads: profile.threads().iter().map(thread).collect(),
        nodes: columns::of(profile),
        waits: columns::exceptions(inside.waits.iter().copied()),
        allocations: tables::allocations(profile.allocations()),
    };
    postcard::to_allocvec(&body)
        .map_err(|error| Error::Io(std::io::Error::other(format!("encoding failed: {error}"))))
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Parts, Error> {
    let (body, rest) = postcard::take_from_bytes::<Body>(bytes)
        .map_err(|error| Error::Malformed(format!("its body cannot be decoded ({error})")))?;
    if !rest.is_empty() {
        let text = format!("its body goes on for {} bytes", rest.len());
        return Err(Error::Malformed(text));
    }
    let (nodes, roots) = columns::nodes(body.nodes)?;
    Ok(Parts {
        measure_mode: measure_mode(body.measure_mode)?,
        track_allocations: body.track_allocations,
        c_calls: body.c_calls,
        clock: body.clock,
        methods: tables::methods_of(body.methods)?,
        files: body.files,
        sites: body.sites.into_iter().map(tables::location).collect(),
        threads: threads(&body.threads, &roots)?,
        waits: columns::numbers(&body.waits, nodes.len(), "waiting time")?,
        nodes,
        allocations: tables::allocations_of(body.allocations)?,
    })
}

fn measure_mode(number: u8) -> Result<MeasureMode, Error> {
    MeasureMode::from_number(i64::from(number))
        .ok_or_else(|| Error::Malformed(format!("there is no measure mode {number}")))
}

fn thread(thread: &Thread) -> ThreadRow {
    ThreadRow {
        id: thread.id,
        fiber_id: thread.fiber_id,
    }
}

fn threads(rows: &[ThreadRow], roots: &[NodeId]) -> Result<Vec<Thread>, Error> {
    if rows.len() != roots.len() {
        let text = format!("it has {} threads and {} trees", rows.len(), roots.len());
        return Err(Error::Malformed(text));
    }
    let threads = rows.iter().zip(roots).map(|(row, root)| Thread {
        id: row.id,
        fiber_id: row.fiber_id,
        root: *root,
    });
    Ok(threads.collect())
}
