using System.Text;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Records;

/// <summary>What operators did and what they were refused: one line of the log each, under a category of its own, and the last thousand in memory.</summary>
internal sealed class AuditTrail(NodeId self, EventRing events, TimeProvider time, ILoggerFactory loggers)
{
    public const string Category = "Realtime.Audit";
    public const int Kept = 1000;
    private const int MostShown = 256;

    /// <summary>A read that goes on is noted once in this time: one who follows a channel asks again every second, and would wash everything else out.</summary>
    private static readonly TimeSpan ReadGoesOn = TimeSpan.FromMinutes(1);

    private readonly NumberedRing<AuditEntry> _entries = new(Kept);
    private readonly ILogger _logger = loggers.CreateLogger(Category);

    /// <summary>Notes a question that is an action, or shows what is not everybody's; other questions are not noted.</summary>
    public void Note(OperatorRoute route, OperatorQuestion question, OperatorReply reply)
    {
        if (route.Action is not { } action)
        {
            return;
        }

        var target = TargetOf(route, question.Arguments);
        if (reply.IsSuccess && route.ShowsBody && question.Body.Length is > 0 and <= MostShown)
        {
            target = $"{target} {Encoding.UTF8.GetString(question.Body.Span)}".TrimStart();
        }

        Note(question.Caller, action, target, reply, isRead: route.Method == "GET");
    }

    /// <param name="target">What the action was for, as the caller wrote it.</param>
    /// <param name="isRead">It only looks at what is not everybody's.</param>
    public void Note(OperatorCaller caller, string action, string target, OperatorReply reply, bool isRead = false)
    {
        var detail = reply.IsSuccess ? null : reply.Detail;
        var entry = new AuditEntry(time.GetUtcNow(), self.Name, caller.Who, caller.From, action, target, reply.Status, detail);
        if (isRead && GoesOn(entry))
        {
            return;
        }

        _entries.Add(_ => entry);
        if (reply.IsSuccess)
        {
            _logger.ActionDone(action, Named(target), caller.Who, caller.From, reply.Status);
            events.Add("action", self, $"{caller.Who}: {action} {target}".TrimEnd() + ".");
        }
        else
        {
            _logger.ActionRefused(action, Named(target), caller.Who, caller.From, reply.Status, detail ?? "no reason given");
        }
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<AuditEntry> Newest(int limit)
    {
        var page = _entries.Read(null, limit, static _ => true).Entries;
        return [.. page.Reverse()];
    }

    /// <summary>What the audit calls it. What is in the place of a session's id and is none may be a resume token, and those are secrets.</summary>
    private static string TargetOf(OperatorRoute route, IReadOnlyList<string> arguments) =>
        route.Pattern.StartsWith("sessions/", StringComparison.Ordinal) && !SessionId.TryParse(arguments[0], out _) ? "?" : string.Join('/', arguments);

    /// <summary>Some actions are for the whole node and have no target.</summary>
    private static string Named(string target) => target.Length > 0 ? target : "-";

    private bool GoesOn(AuditEntry entry) => _entries.Snapshot().Entries.Any(noted => noted with { At = entry.At } == entry && entry.At - noted.At < ReadGoesOn);
}
