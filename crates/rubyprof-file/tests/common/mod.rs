//! Profiles for all tests, and files made by another hand.
#![allow(
    dead_code,
    reason = "every test binary compiles this and uses a part of it"
)]

pub(crate) mod random;

use rubyprof_core::{
    Allocation, Cost, Costs, LatencyCounts, Location, MeasureMode, Method, MethodId, NodeId,
    OwnerKind, Partial, Profile, ProfileBuilder, Stopped,
};

/// Two threads and a fiber, every kind of class, waits, allocations, names of all sorts.
pub(crate) fn small() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::ProcessTime);
    let app = Some(builder.file("/srv/app/lib/größe.rb"));
    let odd = Some(builder.file("(eval at \"a\\b\":1)\n"));
    let at = |line| Location { file: app, line };
    let main = builder.method(Method::default());
    let mut method = |class_name: &str, owner_kind, name: &str, file, line| {
        builder.method(Method {
            class_name: class_name.into(),
            owner_kind,
            name: Some(name.into()),
            file,
            line,
            ..Method::default()
        })
    };
    let run = method("Shop::Cart", OwnerKind::Plain, "total", app, 12);
    let each = method("Array", OwnerKind::Plain, "each", None, 0);
    let all = method("Shop", OwnerKind::ModuleSingleton, "all", odd, 70_000);
    let made = method("Shop::Cart", OwnerKind::ClassSingleton, "new", None, 0);
    let one = method("Object", OwnerKind::ObjectSingleton, "日本=", app, 3);
    let other = method("Array", OwnerKind::OtherSingleton, "", None, 0);
    method("Kernel", OwnerKind::ModuleIncludee, "never_called", app, 1);

    let root = builder.thread(8, 8, main, 1, 1_234_567_890);
    let path = builder.call(root, run, at(20), 3, 1_000_000_000);
    builder.wait(path, 250_000_000);
    // As version 1, which does not tell what was waited for, is read.
    builder.stopped(
        path,
        Stopped {
            blocked: 0,
            gvl_wait: 250_000_000,
        },
    );
    let loops = builder.call(path, each, at(21), 3, 700_000_000);
    builder.call(loops, run, at(22), 1_000, 650_000_001);
    builder.call(root, all, at(20), 1, 0);
    let fiber = builder.thread(8, 96, made, 300, 5_000);
    let path = builder.call(fiber, one, Location::default(), 1, 4_000);
    builder.call(path, other, at(400), 70_000, 3_999);
    // A tree made by hand, in which a callee has more than its caller.
    let odd = builder.thread(u64::MAX, 1 << 40, main, 1, 10);
    builder.call(odd, each, at(20), 1, 12);
    for (thread, method, class_name, owner_kind, count) in [
        (0, run, "String", OwnerKind::Plain, 2_000),
        (0, run, "Shop", OwnerKind::ModuleSingleton, 1),
        (1, each, "<b>", OwnerKind::Plain, 5),
    ] {
        builder.allocation(Allocation {
            thread,
            method,
            class_name: class_name.into(),
            owner_kind,
            location: at(13),
            count,
            bytes: 40 * count,
        });
    }
    let mut profile = builder.finish();
    profile.clock = "process CPU time".into();
    profile.c_calls = false;
    profile.with_portable_keys()
}

/// The same with what version 2 knows besides: costs, overhead, GC times, latencies.
pub(crate) fn timed() -> Profile {
    let mut parts = small().into_parts();
    let cost = |inner| Cost {
        inner,
        outer: inner + 300,
    };
    parts.operators = false;
    parts.compensated = true;
    parts.costs = Costs {
        ruby: cost(25_000),
        c: cost(21_500),
        operator: cost(70_000),
        new_path: 1_200_000,
        object: 310_000,
        switch: 95_000,
        spread: 35_000,
        unknown: 12_500,
    };
    parts.threads[0].unexplained = 17;
    for (node, overhead) in parts.nodes.iter_mut().zip([200_000_u64, 75, 0, 25_000_000]) {
        node.overhead = overhead;
    }
    parts.gcs = vec![(NodeId(1), 40_000_000), (NodeId(3), 123)];
    parts.collections = vec![(NodeId(1), 12), (NodeId(3), 1)];
    let stopped = |blocked, gvl_wait| Stopped { blocked, gvl_wait };
    parts.stops = vec![(NodeId(1), stopped(0, 5_000)), (NodeId(3), stopped(70, 9))];
    parts.threads[0].cpu = Some(333_000_000);
    let partial = |folded, recursive, untimed| Partial {
        folded,
        recursive,
        untimed,
    };
    parts.partials = vec![(NodeId(1), partial(2, 1, 0)), (NodeId(3), partial(1, 0, 3))];
    for (node, took) in [
        (1, &[500_000_000, 200_000_000, 300_000_000][..]),
        (3, &[11, 11, 5, 640_000]),
        (6, &[3_900]),
    ] {
        let mut counts = LatencyCounts::default();
        took.iter().for_each(|took| counts.add(*took, 1));
        parts.latencies.push(NodeId(node), &counts);
    }
    Profile::from_parts(parts).expect("a profile")
}

/// One thread whose calls are one path, each method called by the one before it.
pub(crate) fn deep(levels: usize) -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::Memory);
    let methods: Vec<MethodId> = (0..10)
        .map(|line| {
            builder.method(Method {
                line,
                ..Method::default()
            })
        })
        .collect();
    let mut path = builder.thread(1, 1, methods[0], 1, levels as u64);
    for level in 1..levels {
        let total = (levels - level) as u64;
        path = builder.call(path, methods[level % 10], Location::default(), 1, total);
    }
    builder.finish().with_portable_keys()
}

pub(crate) fn empty() -> Profile {
    ProfileBuilder::new(MeasureMode::WallTime).finish()
}

pub(crate) fn save(profile: &Profile) -> Vec<u8> {
    let mut bytes = Vec::new();
    rubyprof_file::write(profile, &mut bytes).expect("a Vec takes everything");
    bytes
}

/// The body of a file of ours, unpacked.
pub(crate) fn body(file: &[u8]) -> Vec<u8> {
    miniz_oxide::inflate::decompress_to_vec_zlib(&file[36..]).expect("zlib")
}

/// A file of version 2 with this body and a header that fits, made without the crate's own functions.
pub(crate) fn file_with_body(body: &[u8]) -> Vec<u8> {
    let stored = miniz_oxide::deflate::compress_to_vec_zlib(body, 1);
    file(2, stored.len() as u64, body.len() as u64, &stored)
}

/// A file whose checksums fit, whatever it says.
pub(crate) fn file(version: u32, stored_length: u64, body_length: u64, stored: &[u8]) -> Vec<u8> {
    let mut file = b"\x89RbPr\r\n\x1a".to_vec();
    file.extend(version.to_le_bytes());
    file.extend(stored_length.to_le_bytes());
    file.extend(body_length.to_le_bytes());
    file.extend(crc32fast::hash(stored).to_le_bytes());
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file.extend(stored);
    file
}
