using Realtime.Pbm;
using Realtime.Tests.Support;

namespace Realtime.Tests.Pbm;

/// <summary>One call of pbm, in this process: what it ended with and what it said where.</summary>
internal sealed record PbmRun(int Code, string Output, string Error)
{
    public const string Operator = "ada@desk";

    /// <summary>Not a terminal, unless a test makes it one.</summary>
    public static Surroundings Around(StringWriter output, StringWriter error) => new()
    {
        Input = TextReader.Null,
        Output = TextWriter.Synchronized(output),
        Error = TextWriter.Synchronized(error),
        Operator = Operator,
    };

    public static Task<PbmRun> Of(PlayedApi api, params string[] arguments) => Of(api, static around => around, arguments);

    public static async Task<PbmRun> Of(PlayedApi api, Func<Surroundings, Surroundings> change, params string[] arguments) =>
        await At(api.Url, change, arguments);

    public static async Task<PbmRun> At(string url, Func<Surroundings, Surroundings> change, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await PbmCommandLine.RunAsync([.. arguments, "--url", url], change(Around(output, error)), TestContext.Current.CancellationToken).Within($"pbm {string.Join(' ', arguments)}");
        return new PbmRun(code, output.ToString(), error.ToString());
    }
}
