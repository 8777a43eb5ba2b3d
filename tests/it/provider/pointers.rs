//! Providers behind references, boxes and `Arc`.

use std::sync::Arc;

use chargeback::{ChargebackProvider, Field, FieldSupport};

use crate::engine::{ok, received, spade_connector};
use crate::support::{Script, provider};

#[tokio::test(start_paused = true)]
async fn provider_works_behind_every_pointer() {
    async fn stage_value(provider: &impl ChargebackProvider) -> String {
        assert_eq!(provider.id(), chargeback::spade::ID);
        assert!(
            provider.plan(&received()).is_ok() && provider.capabilities().field(Field::Stage) == FieldSupport::Sent
        );
        provider.report(&received()).await.unwrap().stage_value().to_owned()
    }
    let script = Script::new(vec![ok(); 4]);
    let spade = provider(spade_connector(), &script);
    assert_eq!(stage_value(&spade).await, "chargeback_pending");
    assert_eq!(stage_value(&Arc::new(spade.clone())).await, "chargeback_pending");
    let boxed: Box<dyn ChargebackProvider> = Box::new(spade.clone());
    assert_eq!(stage_value(&boxed).await, "chargeback_pending");
    let shared: Arc<dyn ChargebackProvider> = Arc::new(spade);
    assert_eq!(stage_value(&shared).await, "chargeback_pending");
    assert_eq!(script.left(), 0);
}
