using System.Collections.Concurrent;
using System.Diagnostics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Deployment;

/// <summary>An overlay of k8s/overlays as <c>kubectl kustomize</c> renders it.</summary>
internal sealed class Manifests
{
    public static readonly IReadOnlyList<string> Overlays = ["local", "production", "production-direct"];

    private static readonly ConcurrentDictionary<string, Lazy<string>> Texts = new();

    private static readonly Lazy<string?> Kubectl = new(Find);

    private Manifests(IReadOnlyList<KubeObject> objects) => Objects = objects;

    public IReadOnlyList<KubeObject> Objects { get; }

    public IEnumerable<Workload> Workloads => Objects.OfType<Workload>();

    public Workload Nodes => Workloads.Single(workload => workload.IsNode);

    public Workload Lighthouse => Workloads.Single(workload => workload.IsOurs && workload.Component == "lighthouse");

    public static Manifests Render(string overlay) => Parse(Text(overlay));

    public static Manifests Parse(string text) => new(
    [
        .. YamlText.Documents(text).Select(document => KubeObject.TextOf(document["kind"]) is "StatefulSet" or "Deployment" ? new Workload(document) : new KubeObject(document)),
    ]);

    /// <summary>Rendered once for all tests. Skips where kubectl is not installed.</summary>
    public static string Text(string overlay)
    {
        var kubectl = Kubectl.Value;
        if (kubectl is null)
        {
            // Not required in continuous integration: no registry that its machine reaches has one.
            Assert.Skip("kubectl with kustomize 5 is not installed");
        }

        return Texts.GetOrAdd(overlay, name => new Lazy<string>(() => Run(kubectl, "kustomize", Path.Combine(SourceTree.Root, "k8s", "overlays", name)))).Value;
    }

    public IEnumerable<KubeObject> Of(string kind) => Objects.Where(found => found.Kind == kind);

    /// <summary>Of ingresses.</summary>
    public IEnumerable<string> PathsTo(string service) => Of("Ingress").SelectMany(ingress => ingress.List("spec.rules"))
        .SelectMany(rule => KubeObject.ListOf(KubeObject.At(rule, "http.paths")))
        .Where(path => KubeObject.TextOf(KubeObject.At(path, "backend.service.name")) == service)
        .Select(path => KubeObject.TextOf(path["path"])!);

    public KubeObject? Find(string kind, string? name) => Of(kind).FirstOrDefault(found => found.Name == name);

    /// <summary>Debian's own has kustomize 2, which knows no components and does not even say its version.</summary>
    private static string? Find() => Required.Find("kubectl") is { } kubectl && Run(kubectl, "version", "--client").Contains("Kustomize Version: v5", StringComparison.Ordinal) ? kubectl : null;

    private static string Run(string kubectl, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(kubectl, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var faults = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, faults.Result);
        faults.Result.ShouldBeEmpty("kubectl warns");
        return text;
    }
}
