namespace Realtime.Tests.Cluster.Checking;

/// <summary>
/// I10: nobody is told that a session left which was away for less than its grace; one that ended is gone from every roster within its grace and ten seconds;
/// on one connection revisions never go back.
/// </summary>
internal static class PresenceRules
{
    /// <summary>An absence of whoever it may be.</summary>
    public const string Everybody = "*";

    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(10);

    public static IEnumerable<Violation> Check(RunHistory history)
    {
        var absences = history.Absences.ToLookup(absence => absence.Name);
        foreach (var reader in history.Presence.GroupBy(notice => notice.Reader).Select(reader => reader.ToList()))
        {
            foreach (var violation in reader.GroupBy(notice => notice.Link).SelectMany(Revisions)
                .Concat(Partings(reader, absences, history.Grace)).Concat(Remains(reader, history)))
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<Violation> Revisions(IEnumerable<PresenceNotice> link)
    {
        long? last = null;
        foreach (var notice in link)
        {
            var (revision, isChange) = notice switch
            {
                PresenceNotice.Whole whole => (whole.Revision, false),
                PresenceNotice.Joined joined => (joined.Revision, true),
                PresenceNotice.Left left => (left.Revision, true),
                PresenceNotice.Changed changed => (changed.Revision, true),
                _ => ((long?)null, false),
            };
            if (revision is { } next)
            {
                if (next < last || (isChange && next == last))
                {
                    yield return new Violation("I10", $"{notice.Reader} was told of revision {next} of the room after {last}: {notice}");
                }

                last = next;
            }
        }
    }

    /// <summary>As many as there were reasons, and none before its time.</summary>
    private static IEnumerable<Violation> Partings(IReadOnlyList<PresenceNotice> reader, ILookup<string, Absence> absences, long grace)
    {
        // Who is moved hears it over both connections.
        var told = new Dictionary<string, HashSet<long>>();
        foreach (var left in reader.OfType<PresenceNotice.Left>())
        {
            foreach (var name in left.Names)
            {
                var revisions = told.TryGetValue(name, out var known) ? known : told[name] = [];
                revisions.Add(left.Revision);
                var count = revisions.Count;
                var reasons = absences[name].Concat(absences[Everybody]).Count(absence =>
                    absence.Excused ? absence.From <= left.At : absence.From + grace <= left.At && (absence.To is not { } back || back - absence.From >= grace));
                if (count > reasons)
                {
                    yield return new Violation("I10", $"{left.Reader} was told at {left.At} that {name} left, for the {count}. time, and {name} was away for that long {reasons} times: {string.Join(", ", absences[name])}; it was told: {Told(reader, name)}");
                }
            }
        }
    }

    private static IEnumerable<Violation> Remains(IReadOnlyList<PresenceNotice> reader, RunHistory history)
    {
        if (history.Healed is not { } healed)
        {
            yield break;
        }

        foreach (var gone in history.Absences.Where(absence => absence.To is null))
        {
            var bound = Math.Max(gone.LetGo ?? gone.From, healed) + history.Grace + (long)(Lateness.TotalSeconds * TimeProvider.System.TimestampFrequency);
            var sees = false;
            foreach (var notice in reader)
            {
                if (notice.At > bound && sees)
                {
                    break;
                }

                sees = notice switch
                {
                    PresenceNotice.Whole whole => whole.Names.Contains(gone.Name),
                    PresenceNotice.Joined joined => sees || joined.Names.Contains(gone.Name),
                    PresenceNotice.Left left => sees && !left.Names.Contains(gone.Name),
                    PresenceNotice.Over => false,
                    _ => sees,
                };
            }

            if (sees && history.Ended > bound)
            {
                yield return new Violation("I10", $"{reader[0].Reader} still saw {gone.Name} in the room at {bound}, which was away since {gone.From} and let go at {gone.LetGo}; all was well from {healed}");
            }
        }
    }

    /// <summary>Of one member, for whoever has to find out why.</summary>
    private static string Told(IEnumerable<PresenceNotice> reader, string name) => string.Join(", ", reader.Select(notice => notice switch
    {
        PresenceNotice.Whole whole => $"{(whole.Names.Contains(name) ? "there" : "not there")} ({whole.Revision}, link {whole.Link}, {whole.At})",
        PresenceNotice.Joined joined when joined.Names.Contains(name) => $"joined ({joined.Revision}, link {joined.Link}, {joined.At})",
        PresenceNotice.Left left when left.Names.Contains(name) => $"left ({left.Revision}, link {left.Link}, {left.At})",
        _ => null,
    }).Where(told => told is not null));
}
