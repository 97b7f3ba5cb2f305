using Google.Protobuf;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Exports;

namespace Realtime.Node.Sessions.Core;

/// <summary>A session to and from what it gives its successor on another node.</summary>
internal static class SessionExports
{
    /// <summary>While no write is under way and nothing is staged.</summary>
    public static ExportedSession Of(SessionContext session, long now)
    {
        var export = new ExportedSession
        {
            Record = SessionRecords.Of(session.Attachment, session.Identity, session.Subscriptions.Items),
            Revision = session.Row.Revision,
            Dirty = session.Row.IsDirty,
            Withdrawn = session.IsWithdrawn,
            Released = session.IsReleased,
            Dismissed = session.IsDismissed,
        };
        AddHistory(session.History, export);
        session.State?.ExportTo(export.Record);
        if (session.Attempt is { } attempt)
        {
            export.Attempt = attempt;
        }

        if (session.ExpiresAt is { } expires)
        {
            export.ExpiresAt = expires;
        }

        if (session.Holder is { } holder)
        {
            export.Holder = new ExportedHolder { Node = holder.Node.Name, Connection = holder.Connection.Value };
        }

        if (session.GraceEnds is { } ends)
        {
            // What is left, not when it ends: nobody compares the clocks of two machines.
            export.GraceLeft = Math.Max(0, ends - now);
        }

        return export;
    }

    /// <exception cref="InvalidDataException">The bytes are no session of ours.</exception>
    public static ExportedSession Read(ReadOnlyMemory<byte> bytes)
    {
        ExportedSession export;
        try
        {
            export = ExportedSession.Parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException("an exported session cannot be read", e);
        }

        return export switch
        {
            { Record: null } => throw new InvalidDataException("an exported session has no record"),
            { Revision: < 0 } => throw new InvalidDataException("an exported session has a negative revision"),
            { Holder.Node: "" } => throw new InvalidDataException("an exported session has a holder without a node"),
            _ when export.Record.Subscriptions.Any(item => !ChannelName.TryParse(item.Channel, out _, out _)) =>
                throw new InvalidDataException("an exported session has a subscription to no channel"),
            _ => export,
        };
    }

    public static void Restore(SessionContext session, ExportedSession export, long now, List<SessionEffect> effects)
    {
        session.Load(export.Record, export.Revision, export.HasExpiresAt ? export.ExpiresAt : null);
        session.Touch(export.Dirty);
        session.IsWithdrawn = export.Withdrawn;
        session.IsReleased = export.Released;
        session.IsDismissed = export.Dismissed;
        session.Remember(HistoryOf(export), export.HasSince ? export.Since : null);
        session.Note(SessionChange.Moved, now, session.Self);
        session.Attempt = export.HasAttempt ? export.Attempt : null;
        session.Holder = export.Holder is { } holder
            ? new SessionHolder(new NodeId(holder.Node), new ConnectionId(holder.Connection))
            : null;
        if (session.Holder is null && session.ExpiresAt is null)
        {
            // Without any grace time nobody would ever forget it. More than the longest is a clock that was set while it ran.
            var longest = session.Policy.OrphanGrace > session.Policy.Grace ? session.Policy.OrphanGrace : session.Policy.Grace;
            var left = export.HasGraceLeft ? TimeSpan.FromMilliseconds(Math.Clamp(export.GraceLeft, 0, (long)longest.TotalMilliseconds)) : longest;
            session.StartGrace(left, now, effects);
        }
    }

    private static void AddHistory(SessionChronicle? history, ExportedSession export)
    {
        foreach (var (what, at, node, why) in history?.ToList() ?? [])
        {
            var item = new ExportedOccurrence { What = (int)what, At = at };
            if (node is { } known)
            {
                item.Node = known.Name;
            }

            if (why is not null)
            {
                item.Why = why;
            }

            export.History.Add(item);
        }

        if (history?.Since is { } since)
        {
            export.Since = since;
        }
    }

    /// <summary>What a newer node calls by a number that is not known here is left out: it is for people, and nothing depends on it.</summary>
    private static IEnumerable<SessionOccurrence> HistoryOf(ExportedSession export) => export.History
        .Where(item => Enum.IsDefined((SessionChange)item.What))
        .Select(item => new SessionOccurrence(
            (SessionChange)item.What, item.At, item is { HasNode: true, Node.Length: > 0 } ? new NodeId(item.Node) : null, item.HasWhy ? item.Why : null));
}
