using System.CommandLine;
using Realtime.Pbm.Calls;

namespace Realtime.Pbm.Verbs;

/// <summary>What every verb understands: whom to ask, as whom, and how to answer.</summary>
internal sealed class GlobalOptions(Surroundings around)
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    public Option<string?> Url { get; } = new("--url") { Description = $"The operator API, or several with commas: the first that answers. Else PBM_URL, else {ApiTarget.DefaultUrl}.", HelpName = "URL", Recursive = true };

    public Option<string?> Key { get; } = new("--key") { Description = "The operators' key. Other users of this machine can see it in the list of processes: prefer --key-file or PBM_KEY.", HelpName = "KEY", Recursive = true };

    public Option<string?> KeyFile { get; } = new("--key-file") { Description = "File with the key. Else PBM_KEY, else the file PBM_KEY_FILE names.", HelpName = "FILE", Recursive = true };

    public Option<bool> Json { get; } = new("--json") { Description = "Answer with the API's JSON: one document; tails print one line per item.", Recursive = true };

    public Option<string?> Timeout { get; } = new("--timeout") { Description = "How long to wait for an answer (default 10s); of drain and leave: for their end (default 10m).", HelpName = "TIME", Recursive = true };

    public Option<bool> NoColor { get; } = new("--no-color") { Description = "No colours. So it is without a terminal, and where NO_COLOR is set.", Recursive = true };

    public IEnumerable<Option> All => [Url, Key, KeyFile, Json, Timeout, NoColor];

    public bool Colours(ParseResult parsed) => !parsed.GetValue(NoColor) && string.IsNullOrEmpty(around.Variable("NO_COLOR")) && around.Variable("TERM") != "dumb";

    /// <summary>What <c>--timeout</c> says; null when it is not there.</summary>
    public TimeSpan? TimeoutOf(ParseResult parsed) => parsed.GetValue(Timeout) is not { } text
        ? null
        : Durations.TryParse(text, out var timeout) ? timeout : throw CallFailedException.Usage($"--timeout '{text}' is not a duration such as 500ms, 10s or 5m.", "timeout");

    public ApiTarget Target(ParseResult parsed, TimeSpan? most = null)
    {
        var timeout = TimeoutOf(parsed) ?? DefaultTimeout;
        return new ApiTarget(
            ApiTarget.ParseUrls(parsed.GetValue(Url) ?? NotEmpty(around.Variable("PBM_URL")) ?? ApiTarget.DefaultUrl),
            Checked(parsed.GetValue(Key) ?? FromFile(parsed.GetValue(KeyFile)) ?? NotEmpty(around.Variable("PBM_KEY")) ?? FromFile(NotEmpty(around.Variable("PBM_KEY_FILE")))),
            string.Concat(around.Operator.Select(c => c is >= ' ' and <= '~' ? c : '?')),
            most is { } limit && limit < timeout ? limit : timeout);
    }

    public static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    public static string? FromFile(string? path, string option = "key-file")
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            return NotEmpty(File.ReadAllText(path)) ?? throw CallFailedException.Usage($"The key file {path} is empty.", option);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CallFailedException.Usage($"The key file cannot be read: {e.Message}", option);
        }
    }

    /// <summary>A key that cannot be a header would be refused further down with the key in the message.</summary>
    private static string? Checked(string? key)
    {
        var trimmed = key?.Trim();
        return trimmed is null || trimmed.All(c => c is > ' ' and <= '~') ? trimmed : throw CallFailedException.Usage("The key has characters that no key has: spaces, line breaks or letters beyond ASCII.", "key");
    }
}
