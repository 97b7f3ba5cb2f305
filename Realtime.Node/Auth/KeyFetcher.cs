using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace Realtime.Node.Auth;

/// <summary>
/// Fetches the keys of a provider and keeps them: again before they are old, and when a token names a key that is not among them, but not more often than
/// twice a minute. While the provider does not answer, the keys that it named last stay.
/// </summary>
public sealed class KeyFetcher : IKeyProvider, IDisposable
{
    public const int MaximumBytes = 1024 * 1024;

    /// <summary>Between two fetches. A key that the provider has taken back counts no longer than that.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>From the beginning of one fetch to the next one that was not due.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Of one answer, all of it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly KeySource _source;
    private readonly TimeProvider _time;
    private readonly Action<KeyFetch> _report;
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _ended = new();
    private readonly ITimer _timer;
    private volatile ProviderKeys _keys = ProviderKeys.None;
    private Task? _fetching;
    private long _begun;
    private bool _hasBegun;

    /// <param name="report">Hears of each fetch, on any thread.</param>
    /// <param name="handler">How HTTP is spoken; null: as usual.</param>
    public KeyFetcher(KeySource source, TimeProvider time, Action<KeyFetch> report, HttpMessageHandler? handler = null)
    {
        _source = source;
        _time = time;
        _report = report;

        // No redirects: where keys come from is what the operator wrote.
        _client = new HttpClient(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience })
        {
            Timeout = Patience,
            MaxResponseContentBufferSize = MaximumBytes,
        };
        _timer = time.CreateTimer(static self => ((KeyFetcher)self!).Due(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ProviderKeys Keys => _keys;

    /// <summary>Fetches for the first time, and waits for that as long as one answer may take. A provider that is away does not keep a node from starting.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Due();
        Task? first;
        lock (_gate)
        {
            first = _fetching;
        }

        if (first is not null)
        {
            await first.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    public bool Ask()
    {
        lock (_gate)
        {
            if (_fetching is null && (!_hasBegun || _time.GetElapsedTime(_begun) >= Pause))
            {
                Begin();
            }

            return _fetching is not null;
        }
    }

    public void Dispose()
    {
        _ended.Cancel();
        _timer.Dispose();
        _client.Dispose();
        _ended.Dispose();
    }

    private void Due()
    {
        lock (_gate)
        {
            if (_fetching is null)
            {
                Begin();
            }
        }
    }

    private void Begin()
    {
        _begun = _time.GetTimestamp();
        _hasBegun = true;
        var cancellation = _ended.Token;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fetching = done.Task;
        _ = Task.Run(() => FetchAsync(done, cancellation), CancellationToken.None);
    }

    private async Task FetchAsync(TaskCompletionSource done, CancellationToken cancellation)
    {
        KeyFetch outcome;
        try
        {
            var keys = await ReadAsync(cancellation).ConfigureAwait(false);
            outcome = new KeyFetch(keys.All.Count, null, !_keys.IsFetched);
            _keys = keys;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or JsonException or IOException or UnauthorizedAccessException
            or CryptographicException or InvalidOperationException)
        {
            outcome = new KeyFetch(_keys.All.Count, failure is OperationCanceledException ? "no answer in time" : failure.Message, false);
        }

        lock (_gate)
        {
            _fetching = null;
            if (!cancellation.IsCancellationRequested)
            {
                _timer.Change(outcome.Fault is null ? Every : Pause, Timeout.InfiniteTimeSpan);
            }
        }

        if (!cancellation.IsCancellationRequested)
        {
            _report(outcome);
        }

        done.SetResult();
    }

    private async Task<ProviderKeys> ReadAsync(CancellationToken cancellation)
    {
        var address = _source.Address;
        string? issuer = null;
        if (_source.IsAuthority)
        {
            (address, issuer) = await DiscoverAsync(address, cancellation).ConfigureAwait(false);
        }

        var keys = KeySet.Read(await GetAsync(address, cancellation).ConfigureAwait(false));
        return keys.Count > 0 ? new ProviderKeys(keys, issuer) : throw new JsonException("None of its keys can be used.");
    }

    /// <summary>OpenID Connect Discovery 1.0, 4: the provider says where its keys are, and must be who it was asked as.</summary>
    private async Task<(Uri Keys, string Issuer)> DiscoverAsync(Uri authority, CancellationToken cancellation)
    {
        var address = new Uri(authority.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration");
        using var document = JsonDocument.Parse(await GetAsync(address, cancellation).ConfigureAwait(false), new JsonDocumentOptions { AllowDuplicateProperties = false });
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("issuer", out var named) || named.ValueKind != JsonValueKind.String || named.GetString() is not { } issuer
            || !root.TryGetProperty("jwks_uri", out var where) || where.ValueKind != JsonValueKind.String || where.GetString() is not { } uri)
        {
            throw new JsonException("It does not say who it is and where its keys are (issuer, jwks_uri).");
        }

        if (issuer.TrimEnd('/') != authority.OriginalString.TrimEnd('/'))
        {
            throw new JsonException("It is another than it was asked as (issuer).");
        }

        return Uri.TryCreate(uri, UriKind.Absolute, out var keys) && KeySource.IsSafe(keys) ? (keys, issuer) : throw new JsonException("Its keys are not at an https address (jwks_uri).");
    }

    private async Task<byte[]> GetAsync(Uri address, CancellationToken cancellation)
    {
        if (address.IsFile)
        {
            return new FileInfo(address.LocalPath) is { Exists: true, Length: > MaximumBytes }
                ? throw new IOException($"The file is larger than {MaximumBytes} bytes.")
                : await File.ReadAllBytesAsync(address.LocalPath, cancellation).ConfigureAwait(false);
        }

        using var answer = await _client.GetAsync(address, cancellation).ConfigureAwait(false);
        return answer.StatusCode is HttpStatusCode.OK
            ? await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false)
            : throw new HttpRequestException($"It answered {(int)answer.StatusCode}.");
    }
}
