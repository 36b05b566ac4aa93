//! A profile as the body of a file, and back.

use std::collections::BTreeMap;

use rubyprof_core::{MeasureMode, Node, NodeId, NodeParts, Parts, Profile, Stopped, Thread};

use serde::Deserialize;

use crate::columns;
use crate::error::Error;
use crate::latencies;
use crate::layout::{Addition, Body, ThreadRow};
use crate::partial;
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
    let addition = Addition {
        operators: profile.operators,
        compensated: profile.is_compensated(),
        costs: tables::costs(&profile.costs),
        unexplained: profile.threads().iter().map(|t| t.unexplained).collect(),
        overhead: profile.nodes().iter().map(|node| node.overhead).collect(),
        gcs: columns::exceptions(inside.gcs.iter().copied()),
        collections: columns::exceptions(inside.collections.iter().copied()),
        blocked: columns::exceptions(stops(inside.stops, |it| it.blocked)),
        gvl_waits: columns::exceptions(stops(inside.stops, |it| it.gvl_wait)),
        cpus: profile.threads().iter().map(|t| t.cpu).collect(),
        folded: partial::column(profile, |partial| partial.folded),
        recursive: partial::column(profile, |partial| partial.recursive),
        untimed: partial::column(profile, |partial| partial.untimed),
        latencies: latencies::of(profile),
    };
    postcard::to_allocvec(&(body, addition))
        .map_err(|error| Error::Io(std::io::Error::other(format!("encoding failed: {error}"))))
}

pub(crate) fn decode(bytes: &[u8], version: u32) -> Result<Parts, Error> {
    let (body, rest) = take::<Body>(bytes)?;
    let (addition, rest) = match version {
        1 => (before_version_2(&body), rest),
        _ => take::<Addition>(rest)?,
    };
    if !rest.is_empty() {
        let text = format!("its body goes on for {} bytes", rest.len());
        return Err(Error::Malformed(text));
    }
    let (nodes, roots) = columns::nodes(body.nodes, &addition.overhead)?;
    let waits = columns::numbers(&body.waits, nodes.len(), "waiting time")?;
    let stops = match version {
        1 => gvl_waits(&waits, &nodes),
        _ => stops_of(&addition, nodes.len())?,
    };
    Ok(Parts {
        measure_mode: measure_mode(body.measure_mode)?,
        track_allocations: body.track_allocations,
        c_calls: body.c_calls,
        operators: addition.operators,
        costs: tables::costs_of(&addition.costs),
        compensated: addition.compensated,
        clock: body.clock,
        methods: tables::methods_of(body.methods)?,
        files: body.files,
        sites: body.sites.into_iter().map(tables::location).collect(),
        threads: threads(&body.threads, &addition, &roots)?,
        waits,
        gcs: columns::numbers(&addition.gcs, nodes.len(), "GC time")?,
        stops,
        collections: columns::numbers(&addition.collections, nodes.len(), "collection")?,
        partials: partial::calls(&addition, nodes.len())?,
        latencies: latencies::latencies(&addition.latencies, nodes.len())?,
        nodes,
        allocations: tables::allocations_of(body.allocations)?,
    })
}

fn take<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<(T, &'a [u8]), Error> {
    postcard::take_from_bytes::<T>(bytes)
        .map_err(|error| Error::Malformed(format!("its body cannot be decoded ({error})")))
}

/// What releases that wrote version 1 did: they counted operators, and knew nothing of overhead and GC.
fn before_version_2(body: &Body) -> Addition {
    Addition {
        operators: true,
        unexplained: vec![0; body.threads.len()],
        cpus: vec![None; body.threads.len()],
        overhead: vec![0; body.nodes.up.len()],
        ..Addition::default()
    }
}

fn stops(
    stops: &[(NodeId, Stopped)],
    part: fn(&Stopped) -> u64,
) -> impl Iterator<Item = (NodeId, u64)> {
    let parts = stops.iter().map(move |(node, it)| (*node, part(it)));
    parts.filter(|(_, part)| *part > 0)
}

fn stops_of(addition: &Addition, nodes: usize) -> Result<Vec<(NodeId, Stopped)>, Error> {
    let blocked = columns::numbers(&addition.blocked, nodes, "time blocked")?;
    let gvl_waits = columns::numbers(&addition.gvl_waits, nodes, "GVL wait")?;
    let mut stops: BTreeMap<NodeId, Stopped> = BTreeMap::new();
    for (node, blocked) in blocked {
        stops.entry(node).or_default().blocked = blocked;
    }
    for (node, gvl_wait) in gvl_waits {
        stops.entry(node).or_default().gvl_wait = gvl_wait;
    }
    Ok(stops.into_iter().collect())
}

/// Releases that wrote version 1 did not tell what threads waited for.
fn gvl_waits(waits: &[(NodeId, u64)], nodes: &[Node]) -> Vec<(NodeId, Stopped)> {
    let stops = waits.iter().filter_map(|(id, wait)| {
        let gvl_wait = NodeParts::from(nodes.get(id.index())?).own.min(*wait);
        let stopped = Stopped {
            blocked: 0,
            gvl_wait,
        };
        (gvl_wait > 0).then_some((*id, stopped))
    });
    stops.collect()
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

fn threads(
    rows: &[ThreadRow],
    addition: &Addition,
    roots: &[NodeId],
) -> Result<Vec<Thread>, Error> {
    if rows.len() != roots.len() {
        let text = format!("it has {} threads and {} trees", rows.len(), roots.len());
        return Err(Error::Malformed(text));
    }
    let (unexplained, cpus) = (&addition.unexplained, &addition.cpus);
    for (others, what) in [
        (unexplained.len(), "unexplained overheads"),
        (cpus.len(), "processor times"),
    ] {
        if rows.len() != others {
            let text = format!("it has {} threads and {what} of {others}", rows.len());
            return Err(Error::Malformed(text));
        }
    }
    let threads = rows.iter().zip(unexplained.iter().zip(cpus)).zip(roots);
    let threads = threads.map(|((row, (unexplained, cpu)), root)| Thread {
        id: row.id,
        fiber_id: row.fiber_id,
        root: *root,
        unexplained: *unexplained,
        cpu: *cpu,
    });
    Ok(threads.collect())
}
