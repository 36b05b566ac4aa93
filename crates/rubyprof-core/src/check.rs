//! Whether a profile is one that reports and merges can rely on.

use crate::inconsistent::{Inconsistent, Of};
use crate::profile::{NO_PARENT, NodeId, Profile};
use crate::source::FileId;

impl Profile {
    /// Whether the profile is one that reports and merges can rely on. One pass, no recursion.
    ///
    /// Indexes are in range. Nodes are in preorder, `parent` and `end` tell the same trees, and
    /// threads follow each other without a gap. Waits and GC times are ordered by node, allocations by thread and
    /// method. GC time and overhead are no more than the own time they are parts of. Latencies are those of calls that were counted, in buckets
    /// from that of the shortest to that of the longest. No sum that a report makes is too large for 64 bits. Two callees of a node may be the
    /// same method; merging makes them one.
    ///
    /// # Errors
    ///
    /// What is wrong first.
    pub fn check(&self) -> Result<(), Inconsistent> {
        self.check_places()?;
        self.check_tree()?;
        self.check_numbers(Of::Wait, &self.waits)?;
        self.check_numbers(Of::Gc, &self.gcs)?;
        self.check_numbers(Of::Collection, &self.collections)?;
        self.check_numbers(Of::Stop, &self.stops)?;
        self.check_numbers(Of::Partial, &self.partials)?;
        self.check_latencies()?;
        self.check_parts()?;
        self.check_allocations()?;
        self.check_sums()
    }

    fn check_places(&self) -> Result<(), Inconsistent> {
        for (what, length) in [
            (Of::File, self.files.len()),
            (Of::Method, self.methods.len()),
            (Of::Site, self.sites.len()),
            (Of::Thread, self.threads.len()),
            (Of::Node, self.nodes.len()),
        ] {
            // The largest number stands for none.
            if length >= u32::MAX as usize {
                return Err(Inconsistent::TooMany(what));
            }
        }
        for (index, method) in self.methods.iter().enumerate() {
            self.check_file(Of::Method, index, method.file)?;
        }
        for (index, site) in self.sites.iter().enumerate() {
            self.check_file(Of::Site, index, site.file)?;
        }
        Ok(())
    }

    fn check_file(&self, of: Of, index: usize, file: Option<FileId>) -> Result<(), Inconsistent> {
        match file {
            Some(file) => refer(of, index, Of::File, file.index(), self.files.len()),
            None => Ok(()),
        }
    }

    fn check_tree(&self) -> Result<(), Inconsistent> {
        // The nodes whose subtrees reach to the one looked at, outermost first.
        let mut open: Vec<(u32, u32)> = Vec::new();
        let mut threads = self.threads.iter();
        for (index, node) in self.nodes.iter().enumerate() {
            let id = index as u32;
            while open.pop_if(|(_, end)| *end <= id).is_some() {}
            let limit = match open.last() {
                None => {
                    let next = threads.next();
                    if next.is_none_or(|thread| thread.root.0 != id) {
                        return Err(Inconsistent::NoThread(id));
                    }
                    self.nodes.len() as u32
                }
                Some((_, end)) => *end,
            };
            if node.parent != open.last().map_or(NO_PARENT, |(parent, _)| *parent) {
                return Err(Inconsistent::Parent(id));
            }
            if node.end <= id || node.end > limit {
                return Err(Inconsistent::End(id));
            }
            refer(
                Of::Node,
                index,
                Of::Method,
                node.method.index(),
                self.methods.len(),
            )?;
            refer(
                Of::Node,
                index,
                Of::Site,
                node.site as usize,
                self.sites.len(),
            )?;
            open.push((id, node.end));
        }
        let left = threads.len();
        match left {
            0 => Ok(()),
            _ => Err(Inconsistent::NoRoot((self.threads.len() - left) as u32)),
        }
    }

    fn check_numbers<T>(&self, of: Of, numbers: &[(NodeId, T)]) -> Result<(), Inconsistent> {
        for (index, (node, _)) in numbers.iter().enumerate() {
            refer(of, index, Of::Node, node.index(), self.nodes.len())?;
            if index > 0 && numbers[index - 1].0 >= *node {
                return Err(Inconsistent::Order(of, index));
            }
        }
        Ok(())
    }

    fn check_parts(&self) -> Result<(), Inconsistent> {
        let mut gcs = self.gcs.iter().peekable();
        let mut stops = self.stops.iter().peekable();
        for (index, node) in self.nodes.iter().enumerate() {
            let gc = gcs.next_if(|(id, _)| id.index() == index);
            let gc = gc.map_or(0, |(_, gc)| *gc);
            let stopped = stops.next_if(|(id, _)| id.index() == index);
            let (blocked, gvl_wait) = stopped.map_or((0, 0), |(_, it)| (it.blocked, it.gvl_wait));
            // What was taken off is not in there any more.
            let overhead = match self.compensated {
                true => 0,
                false => node.overhead,
            };
            let parts = [overhead, blocked, gvl_wait];
            let sum = parts
                .iter()
                .try_fold(gc, |sum, part| sum.checked_add(*part));
            if sum.is_none_or(|sum| sum > node.own) {
                return Err(Inconsistent::Part(index as u32));
            }
        }
        Ok(())
    }

    fn check_allocations(&self) -> Result<(), Inconsistent> {
        let of = Of::Allocation;
        let mut last = None;
        for (index, one) in self.allocations.iter().enumerate() {
            let (thread, method) = (one.thread as usize, one.method.index());
            refer(of, index, Of::Thread, thread, self.threads.len())?;
            refer(of, index, Of::Method, method, self.methods.len())?;
            self.check_file(of, index, one.location.file)?;
            if last > Some((thread, method)) {
                return Err(Inconsistent::Order(of, index));
            }
            last = Some((thread, method));
        }
        Ok(())
    }

    /// Reports add numbers up without looking.
    fn check_sums(&self) -> Result<(), Inconsistent> {
        sum("calls", self.nodes.iter().map(|node| node.called))?;
        // Of one that is compensated, the profile that was measured must be one too.
        let taken_off = self.nodes.iter().map(|node| match self.compensated {
            true => node.overhead,
            false => 0,
        });
        let own = self.nodes.iter().map(|node| node.own);
        sum("self times", own.chain(taken_off.clone()))?;
        sum("overheads", self.nodes.iter().map(|node| node.overhead))?;
        let unexplained = self.threads.iter().map(|thread| thread.unexplained);
        sum("unexplained overheads", unexplained)?;
        sum("waiting times", self.waits.iter().map(|(_, wait)| *wait))?;
        sum("objects", self.allocations.iter().map(|one| one.count))?;
        sum("bytes", self.allocations.iter().map(|one| one.bytes))?;
        sum(
            "collections",
            self.collections.iter().map(|(_, count)| *count),
        )?;
        sum("GC times", self.gcs.iter().map(|(_, gc)| *gc))?;
        let partials = self.partials.iter().map(|(_, partial)| partial);
        sum(
            "folded calls",
            partials.clone().map(|partial| partial.folded),
        )?;
        sum(
            "recursive calls",
            partials.clone().map(|partial| partial.recursive),
        )?;
        sum("untimed calls", partials.map(|partial| partial.untimed))?;
        // Totals are only added for nodes of which none is above another. The largest such sum below
        // a node is its own total or that of its callees' largest sums.
        let mut largest = vec![0_u64; self.nodes.len()];
        let mut all = 0_u64;
        let too_large = Inconsistent::Sum("total times");
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let below = largest[index].max(node.total);
            let above = match largest.get_mut(node.parent as usize) {
                Some(parent) => parent,
                None => &mut all,
            };
            *above = above.checked_add(below).ok_or(too_large)?;
        }
        sum("total times", taken_off.chain([all]))
    }
}

/// `of` number `index` refers to `to` number `target`, of which there are `length`.
fn refer(of: Of, index: usize, to: Of, target: usize, length: usize) -> Result<(), Inconsistent> {
    match target < length {
        true => Ok(()),
        false => Err(Inconsistent::Unknown {
            of,
            index,
            to,
            target,
        }),
    }
}

fn sum(what: &'static str, mut numbers: impl Iterator<Item = u64>) -> Result<(), Inconsistent> {
    numbers
        .try_fold(0_u64, u64::checked_add)
        .map(|_| ())
        .ok_or(Inconsistent::Sum(what))
}
