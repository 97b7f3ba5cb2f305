namespace Realtime.Pbm.Calls;

/// <summary>Whom to ask and as whom.</summary>
/// <param name="Urls">Each with a slash at its end; tried in this order.</param>
/// <param name="Timeout">Of one request.</param>
internal sealed record ApiTarget(IReadOnlyList<Uri> Urls, string? Key, string Operator, TimeSpan Timeout)
{
    public const string DefaultUrl = "http://localhost:9080";

    public static IReadOnlyList<Uri> ParseUrls(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 ? throw CallFailedException.Usage("The URL is empty.", "url") : [.. parts.Select(ParseUrl)];
    }

    private static Uri ParseUrl(string text)
    {
        var whole = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (!Uri.TryCreate(whole.TrimEnd('/') + "/", UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            throw CallFailedException.Usage($"'{text}' is not an http or https URL.", "url");
        }

        // It would be sent nowhere, and shown in every message about this address.
        return url.UserInfo.Length == 0 ? url : throw CallFailedException.Usage("A URL must not contain a user or password: the key goes into --key-file or PBM_KEY.", "url");
    }
}
