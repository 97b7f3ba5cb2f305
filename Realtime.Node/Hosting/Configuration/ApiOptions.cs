namespace Realtime.Node.Hosting.Configuration;

/// <summary>What the application's back end may ask at <c>/api/v1</c>, <c>Realtime:Api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>
    /// By id: 1 to 64 of <c>a</c>–<c>z</c>, digits, <c>_</c>, <c>-</c>. Several count at the same time, so that one can follow another. While there is none the API is off, save for programs on this
    /// machine in the Development environment.
    /// </summary>
    public IDictionary<string, ApiKeyOptions> Keys { get; set; } = new Dictionary<string, ApiKeyOptions>();
}
