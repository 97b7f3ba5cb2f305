namespace Realtime.Node.Api.Door;

/// <summary>Who asks, and what that may reach. Ends with the request.</summary>
/// <param name="From">Remote address.</param>
internal sealed record ApiCaller(ApiKey Key, string From) : IDisposable
{
    public string Id => Key.Id;

    /// <summary>Null: nothing is counted.</summary>
    public ApiBudget? Budget { get; init; }

    public void Dispose() => Budget?.Leave();
}
