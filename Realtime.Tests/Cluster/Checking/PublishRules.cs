namespace Realtime.Tests.Cluster.Checking;

/// <summary>I2, I2b, I3a to I3d: what publishers were told against what the journal holds.</summary>
internal static class PublishRules
{
    public static IEnumerable<Violation> Check(RunHistory history, FinalState final)
    {
        var published = history.Publications.ToLookup(publication => publication.Channel);
        foreach (var (channel, _) in history.Channels.Where(channel => channel.Value == ChannelPromise.Journal))
        {
            if (!final.Logs.TryGetValue(channel, out var log))
            {
                if (published[channel].Any(publication => publication.End == PublicationEnd.Acknowledged))
                {
                    yield return new Violation("I2", $"{channel} has no log in the database");
                }

                continue;
            }

            foreach (var violation in Shape(log).Concat(Contents(log, [.. published[channel]])))
            {
                yield return violation;
            }
        }

        foreach (var group in published)
        {
            var places = Places(group, final.Logs.GetValueOrDefault(group.Key));
            foreach (var violation in RealTimeOrder(group, places).Concat(PublisherOrder(group, places)).Concat(NumberedOrder(group, places)))
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<Violation> Shape(FinalLog log)
    {
        var next = log.Tail;
        foreach (var (offset, _) in log.Rows)
        {
            if (offset != next)
            {
                yield return new Violation("I3a", $"{log.Channel} holds {offset} where {next} should be");
            }

            next = offset + 1;
        }

        if (next != log.Head + 1)
        {
            yield return new Violation("I3a", $"{log.Channel} ends at {next - 1}, its head is {log.Head}");
        }
    }

    private static IEnumerable<Violation> Contents(FinalLog log, IReadOnlyList<Publication> published)
    {
        var rows = log.Rows.ToLookup(row => row.Value, row => row.Key);
        var byOffset = log.Rows.ToDictionary(row => row.Key, row => row.Value);
        var sent = published.ToDictionary(publication => publication.Id);
        foreach (var publication in published)
        {
            switch (publication.End)
            {
                case PublicationEnd.Acknowledged when publication.Epoch != log.Epoch:
                    yield return new Violation("I2", $"{publication} was acknowledged in another life of the log, which is {log.Epoch}");
                    break;
                case PublicationEnd.Acknowledged when !byOffset.TryGetValue(publication.Offset, out var there) || there != publication.Id:
                    yield return new Violation("I2", $"{publication}: the journal has {byOffset.GetValueOrDefault(publication.Offset, "nothing")} there; head {log.Head}");
                    break;
                case PublicationEnd.Refused when rows.Contains(publication.Id):
                    yield return new Violation("I2b", $"{publication} is in the journal at {rows[publication.Id].First()}");
                    break;
            }
        }

        foreach (var row in rows)
        {
            if (!sent.ContainsKey(row.Key))
            {
                yield return new Violation("I2b", $"{log.Channel} holds {row.Key}, which nobody sent there");
            }

            if (row.Count() > 1)
            {
                yield return new Violation("I3c", $"{row.Key} is on {log.Channel} more than once: at {string.Join(", ", row)}");
            }
        }
    }

    /// <summary>Where each publish is: by its acknowledgement, else (it was stored and the answer lost) by the journal.</summary>
    private static Dictionary<string, (string Epoch, long Offset)> Places(IEnumerable<Publication> published, FinalLog? log)
    {
        var places = new Dictionary<string, (string, long)>();
        foreach (var (offset, id) in log?.Rows ?? [])
        {
            places.TryAdd(id, (log!.Epoch, offset));
        }

        foreach (var publication in published)
        {
            if (publication is { End: PublicationEnd.Acknowledged, Epoch: { } epoch })
            {
                places[publication.Id] = (epoch, publication.Offset);
            }
        }

        return places;
    }

    /// <summary>What was answered before another was begun comes before it. One sweep over both kinds of moments.</summary>
    private static IEnumerable<Violation> RealTimeOrder(IEnumerable<Publication> published, Dictionary<string, (string Epoch, long Offset)> places)
    {
        var moments = new List<(long At, bool Answer, Publication Publication)>();
        foreach (var publication in published.Where(publication => places.ContainsKey(publication.Id)))
        {
            moments.Add((publication.Invoked, false, publication));
            if (publication.End == PublicationEnd.Acknowledged)
            {
                moments.Add((publication.Answered, true, publication));
            }
        }

        var last = new Dictionary<string, Publication>();
        foreach (var (_, answer, publication) in moments.OrderBy(moment => moment.At).ThenBy(moment => moment.Answer))
        {
            var (epoch, offset) = places[publication.Id];
            var before = last.GetValueOrDefault(epoch);
            if (!answer && before is not null && before.Offset >= offset)
            {
                yield return new Violation("I3b", $"{publication} stands at {offset}, but {before} was answered before it was begun");
            }

            if (answer && (before is null || before.Offset < offset))
            {
                last[epoch] = publication;
            }
        }
    }

    /// <summary>
    /// What is sent once and answered over one connection was taken in the order of the calls. What was not answered may come later than what was sent over
    /// the next connection. What had no answer for a second when the next one was sent may have been given back by a channel that moved: without a number the two may change places.
    /// </summary>
    private static IEnumerable<Violation> PublisherOrder(IEnumerable<Publication> published, Dictionary<string, (string Epoch, long Offset)> places)
    {
        foreach (var sender in published.Where(publication => publication is { ExactlyOnce: false, End: PublicationEnd.Acknowledged, Via: not null }).GroupBy(publication => (publication.Publisher, publication.Via)))
        {
            Publication? before = null;
            foreach (var publication in sender.OrderBy(publication => publication.Invoked))
            {
                var isAtOnce = before is not null && TimeProvider.System.GetElapsedTime(before.Invoked, publication.Invoked) < TimeSpan.FromSeconds(1);
                if (isAtOnce && places[before!.Id].Epoch == places[publication.Id].Epoch && places[before.Id].Offset > places[publication.Id].Offset)
                {
                    yield return new Violation("I3c", $"{publication} overtook {before} of the same publisher, which is at {places[before.Id].Offset}");
                }

                before = publication;
            }
        }
    }

    /// <summary>What is repeated until it is taken stays in the order of the calls over reconnects and moves, unless the earlier one was refused for the time being.</summary>
    private static IEnumerable<Violation> NumberedOrder(IEnumerable<Publication> published, Dictionary<string, (string Epoch, long Offset)> places)
    {
        foreach (var sender in published.Where(publication => publication.ExactlyOnce && places.ContainsKey(publication.Id)).GroupBy(publication => (publication.Publisher, places[publication.Id].Epoch)))
        {
            // From the end: the smallest place of all that were called later.
            Publication? lowest = null;
            foreach (var publication in sender.OrderByDescending(publication => publication.Invoked))
            {
                if (lowest is not null && !publication.WasRefused && places[lowest.Id].Offset < places[publication.Id].Offset)
                {
                    yield return new Violation("I3d", $"{lowest}, at {places[lowest.Id].Offset}, overtook {publication} of the same publisher, which is at {places[publication.Id].Offset} and was never refused");
                }

                if (lowest is null || places[publication.Id].Offset < places[lowest.Id].Offset)
                {
                    lowest = publication;
                }
            }
        }
    }
}
