using Realtime.Messages.Operators;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Logs;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Answers;

/// <summary>What a node has said and done: its log, its configuration, what happened to it, and the actions of operators.</summary>
internal sealed class LogAnswers(OperatorServices services, Peers peers, ILogger<LogAnswers> logger)
{
    private const int LongestCategory = 256;
    private const int LongestTime = 86_400;
    private const string NotOurs = "This node is hosted by an application that writes its log in its own way: ask that application.";

    public Task<OperatorReply> LogAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var after = question.Number("after", 0, long.MaxValue);
        var limit = question.Limit();
        var level = question.OneOf("level", [.. LogLevels.All]);
        return Task.FromResult(services.Log is { } log
            ? OperatorReply.Ok(log.Read(after, limit, level, question.Text("category")), OperatorJson.Default.LogPage)
            : OperatorReply.Conflict(NotOurs));
    }

    public Task<OperatorReply> SetLevelAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var body = question.Read(ActionBodies.Default.SetLogLevel);
        if (!LogLevels.All.Contains(body.Level))
        {
            throw OperatorQuestion.Bad($"level must be one of {string.Join(", ", LogLevels.All)}.", "level");
        }

        if (body.Category is { } category && (category.Length is 0 or > LongestCategory || category.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_'))))
        {
            throw OperatorQuestion.Bad($"category must be the beginning of a category's name, such as Realtime.Node.Channels, at most {LongestCategory} characters.", "category");
        }

        if (body.Seconds is < 1 or > LongestTime)
        {
            throw OperatorQuestion.Bad($"seconds must be from 1 to {LongestTime}.", "seconds");
        }

        if (services.Levels is not { } levels)
        {
            return Task.FromResult(OperatorReply.Conflict(NotOurs));
        }

        levels.Set(body.Category, LogLevels.Parse(body.Level), body.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        var name = body.Category ?? "everything without a level of its own";
        var until = body.Seconds is { } time ? $"for {time} s" : "until the process ends";
        logger.LevelChanged(name, body.Level, until);
        return Task.FromResult(OperatorReply.Done($"{services.Self} writes {name} from {body.Level} up, {until}."));
    }

    public Task<OperatorReply> ConfigurationAsync(OperatorQuestion question, CancellationToken cancellation) => Task.FromResult(OperatorReply.Ok(
        new ConfigurationReport(services.Self.Name, [.. services.Configuration().Select(setting => new ConfigurationReport.Setting(setting.Key, setting.Value))]),
        OperatorJson.Default.ConfigurationReport));

    public Task<OperatorReply> EventsAsync(OperatorQuestion question, CancellationToken cancellation) => Task.FromResult(OperatorReply.Ok(
        services.Events.Read(question.Number("after", 0, long.MaxValue), question.Limit()), OperatorJson.Default.EventPage));

    public async Task<OperatorReply> AuditAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var limit = question.Limit();
        var pages = await peers.GatherAsync(question, OwnAuditAsync, OperatorJson.Default.AuditPage, cancellation, lighthouses: true).ConfigureAwait(false);
        var entries = pages.Answers.SelectMany(page => page.Answer.Entries).OrderByDescending(entry => entry.At).Take(limit);
        return OperatorReply.Ok(new AuditPage([.. entries], pages.Unreachable), OperatorJson.Default.AuditPage);
    }

    /// <summary>What was asked of this member.</summary>
    public Task<OperatorReply> OwnAuditAsync(OperatorQuestion question, CancellationToken cancellation) =>
        Task.FromResult(OperatorReply.Ok(new AuditPage(services.Audit.Newest(question.Limit()), []), OperatorJson.Default.AuditPage));
}
