using System.CommandLine;
using Realtime.Pbm.Calls;

namespace Realtime.Pbm.Verbs;

/// <summary>Where the application's API is, and with which key: <c>--api-url</c>, <c>--api-key-file</c>.</summary>
internal sealed class ApplicationOptions
{
    private readonly Option<string?> _url = new("--api-url") { Description = $"With an API key: a node's address for clients. Else PBM_API_URL, else {ApplicationApi.DefaultUrl}.", HelpName = "URL" };
    private readonly Option<string?> _keyFile;

    /// <param name="what">What it is done with the key.</param>
    public ApplicationOptions(string what) =>
        _keyFile = new("--api-key-file") { Description = $"File with a key of the application's API (ID.SECRET): {what}. Else PBM_API_KEY.", HelpName = "FILE" };

    public IReadOnlyList<Symbol> All => [_url, _keyFile];

    /// <returns>Null: no key is given.</returns>
    public ApplicationApi? Find(VerbContext context) =>
        (GlobalOptions.FromFile(context.Get(_keyFile), "api-key-file") ?? GlobalOptions.NotEmpty(context.Around.Variable("PBM_API_KEY"))) is { } key
            ? new ApplicationApi(
                context.Get(_url) ?? GlobalOptions.NotEmpty(context.Around.Variable("PBM_API_URL")) ?? ApplicationApi.DefaultUrl, key.Trim(), context.Timeout ?? GlobalOptions.DefaultTimeout, context.Around.Time)
            : null;

    public ApplicationApi Get(VerbContext context) => Find(context) ?? throw CallFailedException.Usage("This needs a key of the application's API: --api-key-file, or PBM_API_KEY.", "api-key-file");
}
